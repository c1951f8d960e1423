defmodule ShopWeb.OrderController do
  use ShopWeb, :controller

  alias Shop.Orders
  alias Shop.Orders.Order

  plug :require_account
  action_fallback ShopWeb.FallbackController

  @page_size 25

  def index(conn, params) do
    page = page(params["page"])
    account = conn.assigns.current_account

    orders =
      Orders.list_orders(account,
        state: params["state"],
        search: params["q"],
        limit: @page_size,
        offset: (page - 1) * @page_size
      )

    conn
    |> put_resp_header("x-page", Integer.to_string(page))
    |> render(:index, orders: orders, page: page)
  end

  def show(conn, %{"id" => id}) do
    order = Orders.get_order!(conn.assigns.current_account, id)

    case get_format(conn) do
      "json" -> render(conn, :show, order: order)
      "html" -> render(conn, :show, order: order, page_title: order.number)
    end
  end

  def create(conn, %{"order" => attributes}) do
    with {:ok, %Order{} = order} <- Orders.place_order(conn.assigns.current_account, attributes) do
      conn
      |> put_status(:created)
      |> put_resp_header("location", ~p"/orders/#{order}")
      |> render(:show, order: order)
    end
  end

  def update(conn, %{"id" => id, "order" => attributes}) do
    order = Orders.get_order!(conn.assigns.current_account, id)

    case Orders.update_order(order, attributes) do
      {:ok, order} ->
        conn
        |> put_flash(:info, gettext("Saved."))
        |> redirect(to: ~p"/orders/#{order}")

      {:error, %Ecto.Changeset{} = changeset} ->
        conn
        |> put_status(:unprocessable_entity)
        |> render(:edit, order: order, changeset: changeset)
    end
  end

  def delete(conn, %{"id" => id}) do
    order = Orders.get_order!(conn.assigns.current_account, id)

    with {:ok, _order} <- Orders.cancel_order(order) do
      send_resp(conn, :no_content, "")
    end
  end

  defp page(nil), do: 1

  defp page(text) do
    case Integer.parse(text) do
      {page, ""} when page > 0 -> page
      _ -> 1
    end
  end

  defp require_account(conn, _options) do
    if conn.assigns[:current_account] do
      conn
    else
      conn
      |> put_flash(:error, gettext("Please sign in."))
      |> redirect(to: ~p"/sign-in")
      |> halt()
    end
  end
end
