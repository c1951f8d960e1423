defmodule Shop.Workers.SyncContact do
  @moduledoc "Brings the contact of one customer in the CRM up to date."

  use Oban.Worker, queue: :crm, max_attempts: 10, unique: [period: 60, keys: [:customer_id]]

  alias Shop.Accounts
  alias Shop.CRM

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"customer_id" => customer_id}}) do
    case Accounts.get_customer(customer_id) do
      nil -> {:error, :not_found}
      customer -> upsert(customer)
    end
  end

  defp upsert(customer) do
    fields = %{
      email: customer.email,
      first_name: customer.first_name,
      last_name: customer.last_name,
      orders: Accounts.count_orders(customer),
      blocked: not is_nil(customer.blocked_at)
    }

    case CRM.put("/contacts/#{customer.id}", fields) do
      {:ok, %{status: status}} when status in [200, 201, 204] -> :ok
      {:ok, %{status: 422, body: body}} -> {:cancel, body}
      {:ok, %{status: 429}} -> {:snooze, 30}
      {:ok, %{status: status}} -> {:error, {:status, status}}
      {:error, reason} -> {:error, reason}
    end
  end
end

defmodule Shop.Workers.RemoveContact do
  @moduledoc "Forgets a customer in the CRM, as the law wants it."

  use Oban.Worker, queue: :crm, max_attempts: 20, priority: 0

  alias Shop.CRM

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"customer_id" => customer_id, "reason" => reason}}) do
    case CRM.delete("/contacts/#{customer_id}", reason: reason) do
      {:ok, %{status: status}} when status in [200, 202, 204, 404] -> :ok
      {:ok, %{status: status}} -> {:error, {:status, status}}
      {:error, reason} -> {:error, reason}
    end
  end
end

defmodule Shop.Workers.MergeContacts do
  @moduledoc "Moves all orders of one contact to another, then removes the first."

  use Oban.Worker, queue: :crm, max_attempts: 5

  import Ecto.Query

  alias Shop.Accounts.Customer
  alias Shop.Orders.Order
  alias Shop.Repo
  alias Shop.Workers.RemoveContact

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"from" => from, "to" => to}}) when from == to do
    {:cancel, :same_contact}
  end

  def perform(%Oban.Job{args: %{"from" => from, "to" => to}}) do
    with {:ok, source} <- fetch(from),
         {:ok, target} <- fetch(to),
         {:ok, moved} <- move(source, target),
         {:ok, _job} <- remove(source) do
      {:ok, "#{moved} moved"}
    else
      {:error, {:gone, ^from}} -> :ok
      {:error, {:gone, id}} -> {:cancel, {:gone, id}}
      {:error, reason} -> {:error, reason}
    end
  end

  defp fetch(id) do
    case Repo.get(Customer, id) do
      nil -> {:error, {:gone, id}}
      customer -> {:ok, customer}
    end
  end

  defp move(source, target) do
    Repo.transact(fn ->
      {count, _} =
        Order
        |> where(customer_id: ^source.id)
        |> Repo.update_all(set: [customer_id: target.id])

      with {:ok, _} <- Repo.update(Customer.merged_changeset(source, target)) do
        {:ok, count}
      end
    end)
  end

  defp remove(source) do
    %{customer_id: source.id, reason: "merged"}
    |> RemoveContact.new(unique: [period: :infinity])
    |> Oban.insert()
  end
end
