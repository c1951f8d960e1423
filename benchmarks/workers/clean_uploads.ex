defmodule Shop.Workers.CleanUploads do
  @moduledoc "Removes the files of orders whose uploads were abandoned, from disk and from S3."

  use Oban.Worker, queue: :maintenance, max_attempts: 3

  import Ecto.Query

  require Logger

  alias Shop.Repo
  alias Shop.Uploads.Upload

  @bucket "shop-uploads"
  @folder "priv/uploads"
  @older_than_hours 24

  @impl Oban.Worker
  def perform(%Oban.Job{args: args}) do
    limit = Map.get(args, "limit", 200)

    for upload <- abandoned(limit) do
      remove(upload)
    end

    sweep(@folder)
  rescue
    error -> {:error, error}
  end

  defp abandoned(limit) do
    before = DateTime.add(DateTime.utc_now(), -@older_than_hours * 3600, :second)

    Upload
    |> where([upload], is_nil(upload.order_id) and upload.inserted_at < ^before)
    |> order_by(asc: :inserted_at)
    |> limit(^limit)
    |> Repo.all()
  end

  defp remove(%Upload{storage: :s3} = upload) do
    case @bucket |> ExAws.S3.delete_object(upload.key) |> ExAws.request() do
      {:ok, _response} -> Repo.delete(upload)
      {:error, {:http_error, 404, _body}} -> Repo.delete(upload)
      {:error, reason} -> {:error, reason}
    end
  end

  defp remove(%Upload{storage: :local} = upload) do
    case File.rm(Path.join(@folder, upload.key)) do
      :ok -> Repo.delete(upload)
      {:error, :enoent} -> Repo.delete(upload)
      {:error, reason} -> {:error, reason}
    end
  end

  defp sweep(folder) do
    case File.ls(folder) do
      {:ok, names} ->
        names
        |> Enum.map(&Path.join(folder, &1))
        |> Enum.filter(&File.dir?/1)
        |> Enum.each(fn path ->
          case File.rmdir(path) do
            :ok -> Logger.debug("Removed the empty folder #{path}")
            {:error, _not_empty} -> :ok
          end
        end)

      {:error, :enoent} ->
        :ok

      {:error, reason} ->
        {:error, reason}
    end
  end
end
