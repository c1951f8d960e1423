# What a generated worker and its test need of Oban and Ecto, in memory and in one process.
# It follows Oban 2.24 where a test could tell the difference: args go through JSON, results
# are checked, and unique jobs are compared as the Basic engine compares them.

defmodule Oban.Job do
  defstruct [
    :id, :worker, :queue, :inserted_at, :unique,
    max_attempts: 20, args: %{}, meta: %{}, attempt: 0, state: "available", conflict?: false
  ]
end

defmodule Oban.Json do
  @moduledoc "What a term is after it has been stored as JSON; raises for what JSON cannot carry."

  def recode(term) when is_binary(term) or is_number(term), do: term
  def recode(term) when term in [true, false, nil], do: term
  def recode(term) when is_atom(term), do: Atom.to_string(term)
  def recode(%module{} = term) when module in [Date, DateTime], do: module.to_iso8601(term)
  def recode(term) when is_list(term), do: Enum.map(term, &recode/1)

  def recode(%{} = term) when not is_struct(term) do
    Map.new(term, fn {key, value} -> {to_string(key), recode(value)} end)
  end
end

defmodule Oban.Worker do
  @callback perform(Oban.Job.t()) :: term
  @callback backoff(Oban.Job.t()) :: pos_integer
  @callback timeout(Oban.Job.t()) :: :infinity | pos_integer
  @callback new(map, keyword) :: Oban.Job.t()

  @known [:queue, :max_attempts, :unique, :priority, :tags, :meta, :replace]

  defmacro __using__(options) do
    quote do
      @behaviour Oban.Worker
      @oban_options Oban.Worker.check!(unquote(options))

      @impl Oban.Worker
      def new(args, options \\ []) do
        Oban.Worker.build(__MODULE__, args, Keyword.merge(@oban_options, options))
      end

      @impl Oban.Worker
      def backoff(%Oban.Job{attempt: attempt}), do: 15 + Integer.pow(2, attempt)

      @impl Oban.Worker
      def timeout(_job), do: :infinity

      defoverridable backoff: 1, timeout: 1
    end
  end

  def check!(options) do
    for {name, _value} <- options, name not in @known do
      raise ArgumentError, "unknown option #{inspect(name)}"
    end

    case options[:max_attempts] do
      number when is_integer(number) and number > 0 -> options
      other -> raise ArgumentError, "max_attempts: #{inspect(other)}"
    end
  end

  def build(worker, args, options) when is_map(args) and not is_struct(args) do
    struct!(Oban.Job, [
      {:worker, worker},
      {:args, args},
      {:queue, to_string(options[:queue])}
      | Keyword.take(options, [:max_attempts, :unique, :attempt, :meta, :inserted_at])
    ])
  end
end

defmodule Oban do
  @moduledoc "Enqueued jobs are kept by the process that enqueues them: the test."

  def insert(%Oban.Job{} = job) do
    case Enum.find(jobs(), &duplicate?(&1, job)) do
      nil ->
        id = System.unique_integer([:positive])
        job = %{job | id: id, inserted_at: DateTime.utc_now()}
        Process.put(:jobs, [%{job | args: Oban.Json.recode(job.args)} | jobs()])
        {:ok, job}

      other ->
        {:ok, %{other | conflict?: true}}
    end
  end

  def insert!(job) do
    {:ok, job} = insert(job)
    job
  end

  def jobs, do: Process.get(:jobs, [])

  defp duplicate?(_other, %Oban.Job{unique: nil}), do: false

  defp duplicate?(other, job) do
    keys = Enum.map(Keyword.get(job.unique, :keys, []), &to_string/1)
    args = Oban.Json.recode(job.args)
    other.worker == job.worker and same_args?(other.args, args, keys)
  end

  defp same_args?(other, args, []), do: other == args

  defp same_args?(other, args, keys) do
    case Map.take(args, keys) do
      none when none == %{} -> other == %{}
      some -> Map.take(other, Map.keys(some)) == some
    end
  end
end

defmodule Oban.Testing do
  import ExUnit.Assertions

  defmacro __using__(repo: _repo) do
    quote do
      import Oban.Testing
    end
  end

  def perform_job(worker, args, options \\ []) do
    options = Keyword.merge([attempt: 1, inserted_at: DateTime.utc_now()], options)
    job = worker.new(args, options)
    {args, meta} = {Oban.Json.recode(job.args), Oban.Json.recode(job.meta)}
    result = worker.perform(%{job | args: args, meta: meta, id: 1})
    assert valid?(result), "Expected a result that Oban knows, got: #{inspect(result)}"
    result
  end

  def all_enqueued(options) do
    Enum.filter(Oban.jobs(), fn job -> Enum.all?(options, &matches?(job, &1)) end)
  end

  def with_testing_mode(:manual, function), do: function.()

  def assert_enqueued(options) do
    assert all_enqueued(options) != [], "no such job: #{inspect(options)}"
  end

  defp matches?(job, {:worker, worker}), do: job.worker == worker
  defp matches?(job, {:queue, queue}), do: job.queue == to_string(queue)

  defp matches?(job, {:args, args}) do
    args = Oban.Json.recode(args)
    Map.take(job.args, Map.keys(args)) == args
  end

  defp valid?(:ok), do: true
  defp valid?(:discard), do: true
  defp valid?({:snooze, seconds}), do: is_integer(seconds) and seconds >= 0
  defp valid?({kind, _value}), do: kind in [:ok, :error, :cancel, :discard]
  defp valid?(_result), do: false
end

defmodule Decimal do
  defstruct [:coef, :text]

  def new(text), do: text |> parse() |> elem(0)

  def parse("NaN"), do: {%Decimal{coef: :NaN}, ""}

  def parse(text) do
    case Float.parse(text) do
      {number, rest} -> {%Decimal{coef: trunc(number * 100), text: text}, rest}
      :error -> :error
    end
  end
end

defmodule Ecto.UUID do
  @type t :: String.t()
end

defmodule Ecto.Schema do
  defmacro __using__(_options) do
    quote do
      import Ecto.Schema
      @primary_key {:id, :id, autogenerate: true}
    end
  end

  defmacro schema(_table, do: block) do
    quote do
      Module.put_attribute(__MODULE__, :fields, [elem(@primary_key, 0)])
      unquote(block)
      defstruct @fields
    end
  end

  defmacro timestamps(_options) do
    quote do
      Module.put_attribute(__MODULE__, :fields, [:inserted_at | @fields])
    end
  end
end

defmodule Shop.Repo do
  @moduledoc "Rows by primary key, kept by the process that writes them."

  def get(schema, key), do: Process.get({schema, key})

  def transaction(function), do: {:ok, function.()}

  def insert!(%schema{key: key} = row, options) do
    if get(schema, key) && options[:on_conflict] != :nothing, do: raise("#{key} is taken")
    Process.put({schema, key}, row)
    row
  end
end

defmodule Shop.DataCase do
  use ExUnit.CaseTemplate
end
