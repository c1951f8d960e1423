# Performs jobs of workers whose source comes in, in one BEAM for all of them.
# Reads lines: a worker's source in Base64. Writes one line for each: `answer ` and a JSON list of
# what performing each of the @jobs came to (`[how, value]`), `["broken", message]` when it does
# not compile, or `["bug"]` when the compiler fails on it.
# Every worker is called `Worker`. Oban itself is not needed: perform is called directly.

defmodule Oban.Job do
  defstruct [:id, :attempt, :queue, :worker, :priority, args: %{}, tags: [], max_attempts: 20]
end

defmodule Oban.Worker do
  defmacro __using__(_options), do: nil
end

defmodule Json do
  @doc "A term as a JSON list that begins with its type; texts in hex."
  def term(atom) when is_atom(atom), do: list(["atom", hex(Atom.to_string(atom))])
  def term(integer) when is_integer(integer), do: list(["int", raw(to_string(integer))])
  def term(float) when is_float(float), do: list(["float", to_string(float)])
  def term(text) when is_binary(text), do: list(["text", hex(text)])
  def term(tuple) when is_tuple(tuple), do: list(["tuple", terms(Tuple.to_list(tuple))])
  def term(%name{} = struct), do: list(["struct", term(name), pairs(Map.from_struct(struct))])
  def term(map) when is_map(map), do: list(["map", pairs(map)])
  def term(function) when is_function(function), do: list(["function"])
  def term(pid) when is_pid(pid), do: list(["pid"])
  def term(reference) when is_reference(reference), do: list(["reference"])
  def term(port) when is_port(port), do: list(["port"])

  def term(items) when is_list(items) do
    if List.improper?(items), do: list(["improper"]), else: list(["list", terms(items)])
  end

  def list(parts), do: raw(["[", parts |> Enum.map(&part/1) |> Enum.intersperse(","), "]"])

  defp terms(items), do: items |> Enum.map(&term/1) |> list()
  defp pairs(map), do: map |> Enum.map(fn {k, v} -> list([term(k), term(v)]) end) |> list()

  defp part({:raw, json}), do: json
  defp part(text), do: [?", text, ?"]

  defp raw(json), do: {:raw, json}
  defp hex(text), do: Base.encode16(text)
end

defmodule Performer do
  @jobs [
    %Oban.Job{id: 1, attempt: 1, queue: "default", priority: 0},
    %Oban.Job{id: 7, attempt: 2, queue: "mail", priority: 3, tags: ["a"], args: %{"id" => 2}},
    %Oban.Job{id: 9, attempt: 20, queue: "", priority: 9, tags: ["b", "a"],
              args: %{"id" => "x", "kind" => nil, "many" => [1, "2"]}}
  ]
  @patience 5_000
  # Of Elixir 1.14 and OTP 25, on correct sources.
  @bugs ["internal error in pass", "Internal consistency check", "unbound variable '_"]

  def run(source) do
    compiled = apart(fn -> Code.compile_string(source) end)

    case compiled do
      {"returned", modules} ->
        results = Enum.map(@jobs, &perform/1)
        for {module, _code} <- modules, do: :code.purge(module) && :code.delete(module)
        Json.list(results)

      {"killed", {%{__struct__: Module.Types.Error}, _stack}} ->
        Json.list(["bug"])

      {how, reason} ->
        message = how <> ": " <> message(reason)
        bug? = String.contains?(message, @bugs)
        Json.list(if bug?, do: ["bug"], else: ["broken", Base.encode16(message)])
    end
  end

  defp perform(job) do
    {how, value} = apart(fn -> Worker.perform(job) end)
    Json.list([how, Json.term(value)])
  end

  defp message(%{__exception__: true} = exception), do: Exception.message(exception)
  defp message(other), do: inspect(other)

  # A process of its own: what one worker leaves in a mailbox is no other's.
  defp apart(function) do
    {pid, monitor} = spawn_monitor(fn -> exit({:apart, outcome(function)}) end)

    receive do
      {:DOWN, ^monitor, :process, ^pid, {:apart, outcome}} -> outcome
      {:DOWN, ^monitor, :process, ^pid, reason} -> {"killed", reason}
    after
      @patience ->
        Process.exit(pid, :kill)
        {"endless", nil}
    end
  end

  defp outcome(function) do
    {"returned", function.()}
  rescue
    exception -> {"raised", exception}
  catch
    :throw, value -> {"threw", value}
    :exit, reason -> {"exited", reason}
  end
end

:logger.set_primary_config(:level, :none)
Code.compiler_options(ignore_module_conflict: true, debug_info: false, docs: false)

for line <- IO.stream(:stdio, :line) do
  {:raw, json} = line |> String.trim() |> Base.decode64!() |> Performer.run()
  IO.puts(["answer ", json])
end
