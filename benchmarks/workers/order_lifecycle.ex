defmodule Shop.Workers.OrderLifecycle do
  @moduledoc """
  The steps that an order goes through between payment and archive, one clause each.

  A step that is done puts the next one in the queue, so each can be retried by itself.
  """

  use Oban.Worker,
    queue: :orders,
    max_attempts: 20,
    unique: [
      period: :infinity,
      keys: [:order_id, :step],
      states: [:available, :scheduled, :executing, :retryable]
    ]

  require Logger

  alias Shop.Carriers
  alias Shop.Mailer
  alias Shop.Orders
  alias Shop.Orders.{Email, Order, Parcel}
  alias Shop.Repo
  alias Shop.Stock
  alias Shop.Warehouse

  @steps ~w(reserve pick ship announce follow archive)
  @next @steps |> Enum.zip(tl(@steps)) |> Map.new()

  @doc "Starts the life of an order."
  @spec start(Order.t()) :: {:ok, Oban.Job.t()} | {:error, term()}
  def start(%Order{id: id}) do
    %{order_id: id, step: hd(@steps)} |> new() |> Oban.insert()
  end

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"order_id" => id, "step" => "reserve"}}) do
    with_order(id, fn order ->
      case Stock.reserve(order.lines, reference: order.number) do
        {:ok, reservation} ->
          order |> Orders.put_reservation(reservation) |> then_next("reserve")

        {:error, {:out_of_stock, skus}} ->
          Logger.info("Order #{order.number} waits for #{Enum.join(skus, ", ")}")
          {:snooze, {2, :hours}}

        {:error, reason} ->
          {:error, reason}
      end
    end)
  end

  def perform(%Oban.Job{args: %{"order_id" => id, "step" => "pick"}, attempt: attempt}) do
    with_order(id, fn order ->
      case Warehouse.picked?(order.reservation_id) do
        true -> then_next({:ok, order}, "pick")
        false when attempt < 15 -> {:snooze, 900}
        false -> {:error, "not picked after #{attempt} attempts"}
      end
    end)
  end

  def perform(%Oban.Job{args: %{"order_id" => id, "step" => "ship"}}) do
    with_order(id, fn order ->
      carrier = Carriers.for_country(order.address.country)

      with {:ok, label} <- carrier.create_label(order.address, reference: order.number),
           {:ok, parcel} <- insert_parcel(order, carrier, label),
           {:ok, order} <- Orders.mark_shipped(order, parcel) do
        then_next({:ok, order}, "ship")
      else
        {:error, %Ecto.Changeset{} = changeset} -> {:cancel, changeset.errors}
        {:error, :address_rejected} -> refuse(order)
        {:error, reason} -> {:error, reason}
      end
    end)
  end

  def perform(%Oban.Job{args: %{"order_id" => id, "step" => "announce"}}) do
    with_order(id, fn
      %Order{announced_at: nil} = order ->
        {:ok, order} = Orders.mark_announced(order)
        order |> Email.shipped() |> Mailer.deliver()
        then_next({:ok, order}, "announce")

      order ->
        then_next({:ok, order}, "announce")
    end)
  end

  def perform(%Oban.Job{args: %{"order_id" => id, "step" => "follow"}} = job) do
    with_order(id, fn order ->
      parcel = Repo.get_by!(Parcel, order_id: order.id)

      case Carriers.track(parcel.carrier, parcel.tracking) do
        {:ok, :delivered} -> order |> Orders.mark_delivered() |> then_next("follow")
        {:ok, :lost} -> Orders.open_claim(order, parcel)
        {:ok, _on_its_way} -> {:snooze, pause(job)}
        {:error, :unknown_tracking} -> {:snooze, 3600}
        {:error, reason} -> {:error, reason}
      end
    end)
  end

  def perform(%Oban.Job{args: %{"order_id" => id, "step" => "archive"}}) do
    with_order(id, &Orders.archive/1)
  end

  def perform(%Oban.Job{args: args}) do
    {:cancel, "no such step: #{inspect(args)}"}
  end

  defp with_order(id, fun) do
    case Orders.fetch(id) do
      {:ok, %Order{cancelled_at: nil} = order} -> fun.(order)
      {:ok, _cancelled} -> {:cancel, :order_cancelled}
      {:error, :not_found} -> {:cancel, :order_gone}
    end
  end

  defp then_next({:ok, order}, step) do
    case @next[step] do
      nil -> :ok
      next -> %{order_id: order.id, step: next} |> new(pause_before(next)) |> Oban.insert()
    end
  end

  defp then_next({:error, reason}, _step), do: {:error, reason}

  defp pause_before("follow"), do: [schedule_in: {6, :hours}]
  defp pause_before("archive"), do: [schedule_in: {60, :days}]
  defp pause_before(_step), do: []

  defp pause(%Oban.Job{attempt: attempt}) when attempt < 5, do: 4 * 3600
  defp pause(_job), do: 24 * 3600

  defp insert_parcel(order, carrier, label) do
    %Parcel{order_id: order.id, carrier: carrier}
    |> Parcel.changeset(%{tracking: label.tracking, label_url: label.url, weight: weight(order)})
    |> Repo.insert(on_conflict: :nothing, conflict_target: :order_id)
  end

  defp weight(order) do
    order.lines
    |> Enum.map(&(&1.quantity * (&1.weight || 0)))
    |> Enum.sum()
  end

  defp refuse(order) do
    with {:ok, _order} <- Orders.hold(order, :address) do
      {:cancel, :address_rejected}
    end
  end
end
