defmodule Shop.Workers.PushOrderUpdate do
  @moduledoc """
  Tells a customer's phones that an order moved on. Which of them got it already is kept, so
  another attempt pushes to the others alone.
  """

  use Oban.Worker, queue: :push, max_attempts: 6

  import Ecto.Query

  require Logger

  alias Shop.Devices.{Delivery, Device}
  alias Shop.Orders.Order
  alias Shop.Push
  alias Shop.Repo

  @at_once 8
  @states ~w(confirmed packed shipped delivered returned)

  @impl Oban.Worker
  def perform(%Oban.Job{id: job_id, args: %{"order_id" => order_id, "state" => state}})
      when state in @states do
    case Repo.get(Order, order_id) do
      nil ->
        {:cancel, :order_gone}

      order ->
        order
        |> devices(job_id)
        |> push_to_all(message(order, state), job_id)
        |> summarise()
    end
  end

  def perform(%Oban.Job{args: %{"state" => state}}), do: {:cancel, {:unknown_state, state}}
  def perform(_job), do: {:cancel, :bad_args}

  defp devices(order, job_id) do
    Repo.all(
      from device in Device,
        left_join: delivery in Delivery,
        on: delivery.device_id == device.id and delivery.job_id == ^job_id,
        where: device.customer_id == ^order.customer_id and is_nil(delivery.id),
        where: is_nil(device.revoked_at)
    )
  end

  defp message(order, state) do
    %{
      title: title(state),
      body: "Order #{order.number}",
      badge: 1,
      data: %{"order_id" => order.id, "state" => state}
    }
  end

  defp title("confirmed"), do: "We got your order"
  defp title("packed"), do: "Your order is packed"
  defp title("shipped"), do: "Your order is on its way"
  defp title("delivered"), do: "Your order has arrived"
  defp title("returned"), do: "Your order came back to us"

  defp push_to_all(devices, message, job_id) do
    devices
    |> Task.async_stream(&push(&1, message, job_id),
      max_concurrency: @at_once,
      timeout: 10_000,
      on_timeout: :kill_task
    )
    |> Enum.map(fn
      {:ok, result} -> result
      {:exit, reason} -> {:error, reason}
    end)
  end

  defp push(device, message, job_id) do
    case Push.send(device.platform, device.token, message) do
      {:ok, receipt} ->
        Repo.insert(%Delivery{device_id: device.id, job_id: job_id, receipt: receipt},
          on_conflict: :nothing,
          conflict_target: [:device_id, :job_id]
        )

      {:error, :unregistered} ->
        revoke(device)

      {:error, reason} ->
        Logger.warning("Push to device #{device.id} failed: #{inspect(reason)}")
        {:error, reason}
    end
  end

  defp revoke(device) do
    device
    |> Ecto.Changeset.change(revoked_at: DateTime.truncate(DateTime.utc_now(), :second))
    |> Repo.update()
  end

  defp summarise(results) do
    case Enum.split_with(results, &match?({:ok, _}, &1)) do
      {_sent, []} -> :ok
      {[], [{:error, reason} | _]} -> {:error, reason}
      {sent, failed} -> {:error, "#{length(failed)} of #{length(sent) + length(failed)} failed"}
    end
  end
end
