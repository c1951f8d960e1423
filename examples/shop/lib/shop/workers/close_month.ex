defmodule Shop.Workers.CloseMonth do
  @moduledoc """
  Closes the books of a month, one step per job.
  """

  use Oban.Worker, queue: :ledger, max_attempts: 3

  import Ecto.Query

  alias Ecto.Multi
  alias Shop.Ledger.{Account, Entry, Month, Statement}
  alias Shop.Repo

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"step" => "freeze"}}) do
    Multi.new()
    |> Multi.update_all(:entries, open_entries(), set: [frozen: true])
    |> Multi.update(:month, Month.freeze_changeset(Month.current()))
    |> Repo.transaction()
  end

  def perform(%Oban.Job{args: %{"step" => "carry_over", "account" => number, "cents" => cents}}) do
    account = from(a in Account, where: a.number == ^number)

    case Repo.update_all(account, inc: [balance: cents]) do
      {1, _} -> :ok
      {0, _} -> {:cancel, :no_such_account}
    end
  end

  def perform(%Oban.Job{args: %{"step" => "statement", "month" => month}}) do
    Repo.insert!(%Statement{month: month, total: total(month)})
    :ok
  end

  def perform(%Oban.Job{args: %{"step" => "sign", "month" => month}}) do
    {:ok, month |> Month.sign_changeset() |> Repo.update()}
  end

  def perform(%Oban.Job{args: %{"step" => "reopen", "month" => month}}) do
    Repo.transact(fn ->
      Repo.update_all(open_entries(), set: [frozen: false])
      Repo.delete_all(from(s in Statement, where: s.month == ^month))
      :reopened
    end)
  end

  def perform(%Oban.Job{args: %{"step" => "archive", "month" => month}}) do
    Month
    |> Repo.get_by!(name: month)
    |> Month.archive_changeset()
    |> Repo.update!()
  end

  defp open_entries, do: from(e in Entry, where: is_nil(e.closed_at))

  defp total(month) do
    Repo.aggregate(from(e in Entry, where: e.month == ^month), :sum, :cents)
  end
end
