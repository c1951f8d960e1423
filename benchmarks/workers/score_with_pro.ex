defmodule Shop.Workers.ScoreOrder do
  @moduledoc "Asks a model for the category of an order's text and keeps what it answers."

  use Oban.Pro.Worker, queue: :inference, max_attempts: 4

  require Logger

  alias Shop.Inference
  alias Shop.Orders
  alias Shop.Orders.Order
  alias Shop.Repo

  args_schema do
    field :order_id, :id, required: true
    field :model, :enum, values: ~w(small large)a, default: :small
    field :language, :string, default: "en"
  end

  @categories ~w(complaint question praise spam other)
  @sure 0.75

  @impl Oban.Pro.Worker
  def process(%Job{args: %__MODULE__{order_id: order_id} = args, attempt: attempt}) do
    with %Order{note: note} = order when is_binary(note) <- Repo.get(Order, order_id),
         {:ok, answer} <- ask(args, note),
         {:ok, category, sureness} <- read(answer) do
      decide(order, category, sureness, args)
    else
      nil -> {:cancel, :order_gone}
      %Order{} -> :ok
      {:error, :overloaded} -> {:snooze, 20 * attempt}
      {:error, {:unreadable, text}} when attempt >= 3 -> {:cancel, "unreadable: #{text}"}
      {:error, reason} -> {:error, reason}
    end
  end

  defp ask(args, note) do
    prompt = """
    Sort this note into one of #{Enum.join(@categories, ", ")}. Answer with JSON that has the
    keys "category" and "sureness". The note is written in "#{args.language}":

    #{String.slice(note, 0, 2000)}
    """

    case Inference.complete(args.model, prompt, temperature: 0) do
      {:ok, %{text: text}} -> {:ok, String.trim(text)}
      {:error, %{status: status}} when status in [429, 503, 529] -> {:error, :overloaded}
      {:error, reason} -> {:error, reason}
    end
  end

  defp read(text) do
    case Jason.decode(text) do
      {:ok, %{"category" => category, "sureness" => sureness}}
      when category in @categories and is_number(sureness) ->
        {:ok, String.to_existing_atom(category), sureness}

      {:ok, other} ->
        {:error, {:unreadable, inspect(other)}}

      {:error, %Jason.DecodeError{}} ->
        {:error, {:unreadable, String.slice(text, 0, 100)}}
    end
  end

  defp decide(order, category, sureness, _args) when sureness >= @sure do
    Orders.put_category(order, category)
  end

  defp decide(order, _category, sureness, %{model: :small} = args) do
    Logger.debug("Order #{order.id} goes to the large model (#{sureness})")

    args
    |> Map.from_struct()
    |> Map.put(:model, :large)
    |> new()
    |> Oban.insert()
  end

  defp decide(order, category, _sureness, _args) do
    Orders.put_category(order, category, review: true)
  end
end
