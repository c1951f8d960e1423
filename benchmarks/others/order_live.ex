defmodule ShopWeb.OrderLive.Index do
  use ShopWeb, :live_view

  alias Shop.Orders
  alias Shop.Orders.Order

  @impl true
  def mount(_params, _session, socket) do
    account = socket.assigns.current_account
    if connected?(socket), do: Orders.subscribe(account)

    {:ok,
     socket
     |> assign(:page_title, gettext("Orders"))
     |> assign(:filter, %{"state" => nil, "search" => ""})
     |> stream(:orders, Orders.list_orders(account))}
  end

  @impl true
  def handle_params(params, _url, socket) do
    {:noreply, apply_action(socket, socket.assigns.live_action, params)}
  end

  defp apply_action(socket, :edit, %{"id" => id}) do
    socket
    |> assign(:page_title, gettext("Edit order"))
    |> assign(:order, Orders.get_order!(socket.assigns.current_account, id))
  end

  defp apply_action(socket, :new, _params), do: assign(socket, :order, %Order{})
  defp apply_action(socket, :index, _params), do: assign(socket, :order, nil)

  @impl true
  def handle_event("filter", %{"filter" => filter}, socket) do
    orders =
      Orders.list_orders(socket.assigns.current_account,
        state: presence(filter["state"]),
        search: presence(filter["search"])
      )

    {:noreply, socket |> assign(:filter, filter) |> stream(:orders, orders, reset: true)}
  end

  def handle_event("cancel", %{"id" => id}, socket) do
    order = Orders.get_order!(socket.assigns.current_account, id)

    case Orders.cancel_order(order) do
      {:ok, order} -> {:noreply, stream_insert(socket, :orders, order)}
      {:error, :too_late} -> {:noreply, put_flash(socket, :error, gettext("It is on its way."))}
    end
  end

  @impl true
  def handle_info({:placed, order}, socket), do: {:noreply, stream_insert(socket, :orders, order, at: 0)}
  def handle_info({:updated, order}, socket), do: {:noreply, stream_insert(socket, :orders, order)}
  def handle_info(_message, socket), do: {:noreply, socket}

  @impl true
  def render(assigns) do
    ~H"""
    <.header>
      {@page_title}
      <:actions>
        <.link patch={~p"/orders/new"}><.button>{gettext("New order")}</.button></.link>
      </:actions>
    </.header>

    <.simple_form for={to_form(@filter, as: :filter)} phx-change="filter">
      <.input type="select" name="filter[state]" options={~w(draft pending shipped)} value={@filter["state"]} />
      <.input type="search" name="filter[search]" value={@filter["search"]} phx-debounce="300" />
    </.simple_form>

    <.table id="orders" rows={@streams.orders} row_click={fn {_id, order} -> JS.navigate(~p"/orders/#{order}") end}>
      <:col :let={{_id, order}} label={gettext("Number")}>{order.number}</:col>
      <:col :let={{_id, order}} label={gettext("Customer")}>{order.customer.name}</:col>
      <:col :let={{_id, order}} label={gettext("Total")}>{money(order.total, order.currency)}</:col>
      <:action :let={{id, order}}>
        <.link phx-click={JS.push("cancel", value: %{id: order.id}) |> hide("##{id}")}>
          {gettext("Cancel")}
        </.link>
      </:action>
    </.table>
    """
  end

  defp presence(""), do: nil
  defp presence(text), do: text

  defp money(nil, _currency), do: "–"
  defp money(amount, currency), do: "#{Decimal.round(amount, 2)} #{currency}"
end
