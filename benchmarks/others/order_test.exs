defmodule Shop.OrdersTest do
  use Shop.DataCase, async: true

  import Shop.AccountsFixtures
  import Shop.OrdersFixtures

  alias Shop.Orders
  alias Shop.Orders.Order

  setup do
    account = account_fixture()
    %{account: account, customer: customer_fixture(account)}
  end

  describe "list_orders/2" do
    test "gives the newest first", %{account: account} do
      old = order_fixture(account, placed_on: ~D[2024-01-02])
      new = order_fixture(account, placed_on: ~D[2024-03-04])

      assert Enum.map(Orders.list_orders(account), & &1.id) == [new.id, old.id]
    end

    test "filters by state", %{account: account} do
      order_fixture(account, state: "draft")
      shipped = order_fixture(account, state: "shipped")

      assert [%Order{id: id}] = Orders.list_orders(account, state: "shipped")
      assert id == shipped.id
    end

    test "does not show what belongs to others", %{account: account} do
      order_fixture(account_fixture())
      assert Orders.list_orders(account) == []
    end
  end

  describe "place_order/2" do
    @valid %{
      number: "2024-0001",
      placed_on: ~D[2024-05-06],
      currency: "EUR",
      address: %{name: "Ada", street: "Elm 1", city: "Bonn", country: "de"}
    }

    test "adds lines and shipping up", %{account: account, customer: customer} do
      lines = [%{sku: "A", quantity: 2, unit_price: "1.50"}, %{sku: "B", quantity: 1, unit_price: 4}]
      attributes = Map.merge(@valid, %{customer_id: customer.id, lines: lines, shipping: 3})

      assert {:ok, order} = Orders.place_order(account, attributes)
      assert Decimal.equal?(order.total, "10.00")
      assert order.address.country == "DE"
    end

    test "wants a customer", %{account: account} do
      assert {:error, changeset} = Orders.place_order(account, @valid)
      assert %{customer_id: ["can't be blank"]} = errors_on(changeset)
    end

    test "refuses a number that is taken", %{account: account, customer: customer} do
      order_fixture(account, number: "2024-0001")
      attributes = Map.put(@valid, :customer_id, customer.id)

      assert {:error, changeset} = Orders.place_order(account, attributes)
      assert "has already been taken" in errors_on(changeset).account_id
    end
  end

  describe "cancel_order/1" do
    for state <- ~w(draft pending) do
      test "cancels what is #{state}", %{account: account} do
        order = order_fixture(account, state: unquote(state))
        assert {:ok, %Order{state: "cancelled"}} = Orders.cancel_order(order)
      end
    end

    test "is too late for what was shipped", %{account: account} do
      assert {:error, :too_late} = Orders.cancel_order(order_fixture(account, state: "shipped"))
    end
  end
end
