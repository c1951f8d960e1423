"""Workers that sessions write: each is clean, and has a place where it can go wrong."""

from __future__ import annotations

SYNC_PATH = "lib/shop/workers/sync.ex"
PING_PATH = "lib/shop/workers/ping.ex"
WELCOME_PATH = "lib/shop/workers/welcome.ex"

# OB104 when a customer that is gone is retried.
GONE, GONE_RETRIED = "{:cancel, :not_found}", "{:error, :not_found}"
SYNC = """\
defmodule Shop.Workers.Sync do
  use Oban.Worker, queue: :sync, max_attempts: 6

  alias Shop.{Customer, Ledger, Repo}

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"customer_id" => id, "kind" => kind}}) do
    case Repo.get(Customer, id) do
      nil -> {:cancel, :not_found}
      customer -> sync(kind, customer)
    end
  end

  # Balances come from the ledger.
  defp sync("balance", customer) do
    case Repo.get(Ledger, customer.ledger_id) do
      nil -> {:cancel, :ledger_closed}
      ledger -> Ledger.sync(ledger)
    end
  end

  defp sync(_kind, customer), do: Customer.sync(customer)
end
"""
SYNC_RETRIED = SYNC.replace(GONE, GONE_RETRIED)

# OB101 when "down" becomes a bare `:error`, which completes the job.
DOWN, DOWN_LOST = "{:error, :host_down}", ":error"
PING = """\
defmodule Shop.Workers.Ping do
  use Oban.Worker, queue: :health, max_attempts: 3

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"host" => host}}) do
    case Shop.Health.ping(host) do
      :up -> :ok
      :down -> {:error, :host_down}
    end
  end
end
"""
PING_LOST = PING.replace(DOWN, DOWN_LOST)

# OB201 when nothing keeps a second attempt from sending the mail again.
GUARD = ", unique: [period: :infinity, keys: [:user_id]]"
WELCOME = """\
defmodule Shop.Workers.Welcome do
  use Oban.Worker, queue: :mail, max_attempts: 5, unique: [period: :infinity, keys: [:user_id]]

  alias Shop.{Mailer, Repo, User, UserEmail}

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"user_id" => id}}) do
    case Repo.get(User, id) do
      nil -> {:cancel, :user_gone}
      user -> welcome(user)
    end
  end

  defp welcome(user) do
    with {:ok, _receipt} <- user |> UserEmail.welcome() |> Mailer.deliver(), do: :ok
  end
end
"""
WELCOME_TWICE = WELCOME.replace(GUARD, "")
