defmodule ShopWeb.OrderLive.Form do
  @moduledoc "The form that places an order, or changes one."

  use ShopWeb, :live_component

  alias Shop.Catalog
  alias Shop.Customers
  alias Shop.Orders
  alias Shop.Orders.Order

  @countries ~w(AT BE CH DE DK ES FR IT NL PL SE)

  @impl true
  def render(assigns) do
    ~H"""
    <div>
      <.header>
        {@title}
        <:subtitle>{gettext("Fields with a star must be filled in.")}</:subtitle>
      </.header>

      <.simple_form for={@form} id="order-form" phx-target={@myself} phx-change="validate" phx-submit="save">
        <.input field={@form[:number]} type="text" label={gettext("Number")} required />
        <.input field={@form[:placed_on]} type="date" label={gettext("Date")} required />
        <.input field={@form[:customer_id]} type="select" label={gettext("Customer")} options={@customers} />

        <.inputs_for :let={address} field={@form[:address]}>
          <.input field={address[:name]} type="text" label={gettext("Name")} />
          <.input field={address[:street]} type="text" label={gettext("Street")} />
          <.input field={address[:postcode]} type="text" label={gettext("Postcode")} />
          <.input field={address[:city]} type="text" label={gettext("City")} />
          <.input field={address[:country]} type="select" label={gettext("Country")} options={countries()} />
        </.inputs_for>

        <.inputs_for :let={line} field={@form[:lines]}>
          <input type="hidden" name="order[lines_sort][]" value={line.index} />
          <.input field={line[:sku]} type="text" label={gettext("SKU")} list="skus" phx-debounce="blur" />
          <.input field={line[:quantity]} type="number" label={gettext("Quantity")} min="1" />
          <.input field={line[:unit_price]} type="number" label={gettext("Price")} step="0.01" />
          <button type="button" name="order[lines_drop][]" value={line.index} phx-click={JS.dispatch("change")}>
            <.icon name="hero-x-mark" />
          </button>
        </.inputs_for>

        <input type="hidden" name="order[lines_drop][]" />
        <button type="button" name="order[lines_sort][]" value="new" phx-click={JS.dispatch("change")}>
          {gettext("Add a line")}
        </button>

        <datalist id="skus">
          <option :for={{sku, title} <- @skus} value={sku}>{title}</option>
        </datalist>

        <p class="text-right">{gettext("Total")}: {total(@form)}</p>

        <:actions>
          <.button phx-disable-with={gettext("Saving …")}>{gettext("Save")}</.button>
        </:actions>
      </.simple_form>
    </div>
    """
  end

  @impl true
  def update(%{order: order} = assigns, socket) do
    account = assigns.current_account

    {:ok,
     socket
     |> assign(assigns)
     |> assign_new(:customers, fn -> Customers.options(account) end)
     |> assign_new(:skus, fn -> Catalog.skus(account, limit: 200) end)
     |> assign_new(:form, fn -> to_form(Orders.change_order(order)) end)}
  end

  @impl true
  def handle_event("validate", %{"order" => attributes}, socket) do
    changeset =
      socket.assigns.order
      |> Orders.change_order(fill_in_prices(attributes, socket.assigns.current_account))
      |> Map.put(:action, :validate)

    {:noreply, assign(socket, :form, to_form(changeset))}
  end

  def handle_event("save", %{"order" => attributes}, socket) do
    save(socket, socket.assigns.action, attributes)
  end

  defp save(socket, :edit, attributes) do
    case Orders.update_order(socket.assigns.order, attributes) do
      {:ok, order} ->
        notify_parent({:saved, order})

        {:noreply,
         socket
         |> put_flash(:info, gettext("The order was changed."))
         |> push_patch(to: socket.assigns.patch)}

      {:error, %Ecto.Changeset{} = changeset} ->
        {:noreply, assign(socket, :form, to_form(changeset))}
    end
  end

  defp save(socket, :new, attributes) do
    case Orders.place_order(socket.assigns.current_account, attributes) do
      {:ok, order} ->
        notify_parent({:saved, order})

        {:noreply,
         socket
         |> put_flash(:info, gettext("The order was placed."))
         |> push_navigate(to: ~p"/orders/#{order}")}

      {:error, %Ecto.Changeset{} = changeset} ->
        {:noreply, assign(socket, :form, to_form(changeset))}
    end
  end

  defp fill_in_prices(%{"lines" => lines} = attributes, account) do
    lines =
      Map.new(lines, fn
        {index, %{"sku" => sku, "unit_price" => ""} = line} when sku != "" ->
          {index, %{line | "unit_price" => Catalog.price(account, sku)}}

        pair ->
          pair
      end)

    %{attributes | "lines" => lines}
  end

  defp fill_in_prices(attributes, _account), do: attributes

  defp total(form) do
    case Ecto.Changeset.get_field(form.source, :total) do
      nil -> "–"
      total -> "#{Decimal.round(total, 2)} #{Ecto.Changeset.get_field(form.source, :currency)}"
    end
  end

  defp countries, do: Enum.map(@countries, &{Cldr.Territory.display_name!(&1), &1})
  defp notify_parent(message), do: send(self(), {__MODULE__, message})
end
