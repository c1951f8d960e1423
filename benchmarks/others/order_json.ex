defmodule ShopWeb.OrderJSON do
  @moduledoc "What the API shows of orders."

  alias Shop.Orders.{Line, Order}

  def index(%{orders: orders, page: page}) do
    %{data: Enum.map(orders, &data/1), meta: %{page: page, count: length(orders)}}
  end

  def show(%{order: order}), do: %{data: data(order)}

  defp data(%Order{} = order) do
    %{
      id: order.id,
      number: order.number,
      state: order.state,
      placed_on: order.placed_on,
      total: money(order.total, order.currency),
      shipping: money(order.shipping, order.currency),
      address: address(order.address),
      lines: lines(order.lines),
      links: %{self: "/api/orders/#{order.id}", customer: "/api/customers/#{order.customer_id}"}
    }
  end

  defp lines(lines) when is_list(lines) do
    for %Line{} = line <- lines do
      %{sku: line.sku, quantity: line.quantity, unit_price: line.unit_price}
    end
  end

  defp lines(_not_loaded), do: nil

  defp money(nil, _currency), do: nil
  defp money(amount, currency), do: %{amount: Decimal.to_string(amount), currency: currency}

  defp address(nil), do: nil

  defp address(address) do
    address
    |> Map.from_struct()
    |> Map.take([:name, :street, :postcode, :city, :country])
    |> Map.reject(fn {_key, value} -> value in [nil, ""] end)
  end
end
