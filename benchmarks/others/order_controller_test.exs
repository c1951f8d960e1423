defmodule ShopWeb.OrderControllerTest do
  use ShopWeb.ConnCase, async: true

  import Shop.AccountsFixtures
  import Shop.OrdersFixtures

  alias Shop.Orders
  alias Shop.Orders.Order

  @create %{
    "number" => "2024-0001",
    "placed_on" => "2024-05-06",
    "currency" => "EUR",
    "address" => %{"name" => "Ada", "street" => "Elm 1", "city" => "Bonn", "country" => "de"}
  }
  @invalid %{"number" => nil, "placed_on" => nil}

  setup %{conn: conn} do
    account = account_fixture()
    customer = customer_fixture(account)
    conn = conn |> put_req_header("accept", "application/json") |> log_in_account(account)
    %{conn: conn, account: account, customer: customer}
  end

  describe "index" do
    test "is empty at first", %{conn: conn} do
      conn = get(conn, ~p"/api/orders")
      assert json_response(conn, 200)["data"] == []
    end

    test "pages through orders", %{conn: conn, account: account} do
      for index <- 1..30, do: order_fixture(account, number: "2024-#{index}")

      first = conn |> get(~p"/api/orders") |> json_response(200)
      second = conn |> get(~p"/api/orders?#{[page: 2]}") |> json_response(200)

      assert length(first["data"]) == 25
      assert length(second["data"]) == 5
      assert second["meta"] == %{"page" => 2, "count" => 5}
    end

    test "takes a page that is no number for the first", %{conn: conn} do
      for page <- ["", "x", "-1", "0"] do
        conn = get(conn, ~p"/api/orders?#{[page: page]}")
        assert get_resp_header(conn, "x-page") == ["1"]
      end
    end

    test "searches by number", %{conn: conn, account: account} do
      order_fixture(account, number: "A-1")
      order_fixture(account, number: "B-1")

      assert %{"data" => [%{"number" => "B-1"}]} =
               conn |> get(~p"/api/orders?#{[q: "b-"]}") |> json_response(200)
    end

    test "wants a signed-in account" do
      conn = build_conn() |> put_req_header("accept", "application/json") |> get(~p"/api/orders")
      assert redirected_to(conn) == ~p"/sign-in"
    end
  end

  describe "create" do
    test "answers with the order", %{conn: conn, customer: customer} do
      attributes = Map.put(@create, "customer_id", customer.id)
      conn = post(conn, ~p"/api/orders", order: attributes)

      assert %{"id" => id, "number" => "2024-0001", "state" => "draft"} =
               json_response(conn, 201)["data"]

      assert get_resp_header(conn, "location") == [~p"/orders/#{id}"]
      assert {:ok, %Order{address: %{country: "DE"}}} = Orders.fetch_order(id)
    end

    test "says what is wrong", %{conn: conn} do
      conn = post(conn, ~p"/api/orders", order: @invalid)

      assert json_response(conn, 422)["errors"] == %{
               "number" => ["can't be blank"],
               "placed_on" => ["can't be blank"],
               "currency" => ["can't be blank"],
               "customer_id" => ["can't be blank"],
               "address" => ["can't be blank"]
             }
    end
  end

  describe "update" do
    setup %{account: account}, do: %{order: order_fixture(account)}

    test "changes the note", %{conn: conn, order: order} do
      conn = put(conn, ~p"/api/orders/#{order}", order: %{"note" => "Ring twice"})
      assert redirected_to(conn) == ~p"/orders/#{order}"
      assert {:ok, %Order{note: "Ring twice"}} = Orders.fetch_order(order.id)
    end

    test "does not take a note that is too long", %{conn: conn, order: order} do
      conn = put(conn, ~p"/api/orders/#{order}", order: %{"note" => String.duplicate("a", 2001)})
      assert %{"note" => ["should be at most 2000 character(s)"]} = json_response(conn, 422)["errors"]
    end

    test "does not find what belongs to others", %{conn: conn} do
      order = order_fixture(account_fixture())

      assert_error_sent 404, fn ->
        put(conn, ~p"/api/orders/#{order}", order: %{"note" => "Mine"})
      end
    end
  end

  describe "delete" do
    test "cancels a draft", %{conn: conn, account: account} do
      order = order_fixture(account, state: "draft")
      conn = delete(conn, ~p"/api/orders/#{order}")
      assert response(conn, 204) == ""
      assert {:ok, %Order{state: "cancelled"}} = Orders.fetch_order(order.id)
    end

    test "is too late for what was shipped", %{conn: conn, account: account} do
      order = order_fixture(account, state: "shipped")
      conn = delete(conn, ~p"/api/orders/#{order}")
      assert json_response(conn, 409)["errors"] == %{"detail" => "too late"}
    end
  end
end
