defmodule Shop.Workers.TranscodeClip do
  @moduledoc "Turns the film of an order into something that browsers play, with ffmpeg."

  use Oban.Worker, queue: :media, max_attempts: 3, unique: [period: 86_400, keys: [:clip_id]]

  require Logger

  alias Shop.Media
  alias Shop.Media.Clip
  alias Shop.Repo
  alias Shop.Storage

  @sizes [{"360p", 640, 360}, {"720p", 1280, 720}, {"1080p", 1920, 1080}]
  @readable ~w(mov mp4 webm mkv avi)

  @impl Oban.Worker
  def perform(%Oban.Job{args: %{"clip_id" => clip_id}}) do
    case Repo.get(Clip, clip_id) do
      nil -> {:cancel, :clip_gone}
      %Clip{state: :ready} -> :ok
      clip -> transcode(clip)
    end
  end

  @impl Oban.Worker
  def timeout(_job), do: :timer.minutes(45)

  defp transcode(clip) do
    folder = Path.join(System.tmp_dir!(), "clip-#{clip.id}")
    File.mkdir_p!(folder)

    try do
      with :ok <- readable(clip.name),
           {:ok, source} <- Storage.download(clip.key, folder),
           {:ok, length} <- probe(source),
           {:ok, variants} <- encode_all(source, folder),
           {:ok, keys} <- store_all(variants, clip) do
        Media.ready(clip, %{length: length, variants: keys})
      else
        {:error, :unreadable} -> Media.fail(clip, "The format is not supported")
        {:error, {:ffmpeg, 137, _output}} -> {:snooze, 300}
        {:error, reason} -> {:error, reason}
      end
    after
      File.rm_rf(folder)
    end
  end

  defp readable(name) do
    extension = name |> Path.extname() |> String.trim_leading(".") |> String.downcase()
    if extension in @readable, do: :ok, else: {:error, :unreadable}
  end

  defp probe(source) do
    arguments = ~w(-v error -show_entries format=duration -of csv=p=0) ++ [source]

    case System.cmd("ffprobe", arguments, stderr_to_stdout: true) do
      {output, 0} ->
        case Float.parse(output) do
          {seconds, _rest} -> {:ok, seconds}
          :error -> {:error, :unreadable}
        end

      {output, status} ->
        {:error, {:ffprobe, status, output}}
    end
  end

  defp encode_all(source, folder) do
    Enum.reduce_while(@sizes, {:ok, []}, fn {name, width, height}, {:ok, done} ->
      target = Path.join(folder, "#{name}.mp4")

      case encode(source, target, width, height) do
        :ok -> {:cont, {:ok, [{name, target} | done]}}
        {:error, reason} -> {:halt, {:error, reason}}
      end
    end)
  end

  defp encode(source, target, width, height) do
    scale = "scale=w=#{width}:h=#{height}:force_original_aspect_ratio=decrease"
    arguments = ["-y", "-i", source, "-vf", scale, "-movflags", "+faststart", target]

    case System.cmd("ffmpeg", arguments, stderr_to_stdout: true) do
      {_output, 0} ->
        :ok

      {output, status} ->
        Logger.warning("ffmpeg ended with #{status}: #{String.slice(output, -200, 200)}")
        {:error, {:ffmpeg, status, output}}
    end
  end

  defp store_all(variants, clip) do
    results =
      for {name, path} <- variants do
        key = "clips/#{clip.id}/#{name}.mp4"
        with {:ok, _} <- Storage.upload(path, key), do: {:ok, {name, key}}
      end

    case Enum.find(results, &match?({:error, _}, &1)) do
      nil -> {:ok, Map.new(results, fn {:ok, pair} -> pair end)}
      error -> error
    end
  end
end
