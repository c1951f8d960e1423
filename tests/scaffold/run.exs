# Reads cases, one file of Erlang terms each would be overkill: a case is a folder with
# worker.ex, test.exs, receipt.ex (perhaps) and mutants/*.ex. Runs the test of each with the
# worker, then with each mutant, and prints `case<TAB>variant<TAB>passed|failed|warned<TAB>what`.
[standin, top] = System.argv()
Code.compiler_options(ignore_module_conflict: true)
ExUnit.start(autorun: false, formatters: [], seed: 0)
Code.require_file(standin)

defmodule Run do
  def compile(path) do
    ExUnit.CaptureIO.with_io(:stderr, fn -> Code.compile_file(path) end)
  rescue
    error -> {:broken, Exception.message(error)}
  end

  def tests(module) do
    %{failures: failures, total: total} = ExUnit.run([module])
    if total == 0, do: raise("no test in #{inspect(module)}")
    failures
  end

  def say(folder, variant, verdict, what \\ "") do
    what = what |> String.replace(["\n", "\t"], " ") |> String.slice(0, 400)
    IO.puts(Enum.join([Path.basename(folder), variant, verdict, what], "\t"))
  end
end

for folder <- top |> Path.join("*") |> Path.wildcard() |> Enum.filter(&File.dir?/1) do
  files = for name <- ~w(receipt.ex worker.ex test.exs), do: Path.join(folder, name)

  compiled =
    for path <- files, File.exists?(path) do
      case Run.compile(path) do
        {:broken, message} -> Run.say(folder, Path.basename(path), "broken", message)
        {_modules, output} when output != "" -> Run.say(folder, Path.basename(path), "warned", output)
        {modules, ""} -> modules
      end
    end

  [module] = for {module, _} <- List.flatten(compiled), function_exported?(module, :__ex_unit__, 0), do: module
  original = Run.tests(module)
  Run.say(folder, "original", if(original == 0, do: "passed", else: "failed"), "#{original}")

  for path <- folder |> Path.join("mutants/*.ex") |> Path.wildcard() do
    case Run.compile(path) do
      {:broken, message} ->
        Run.say(folder, Path.basename(path), "broken", message)

      _compiled ->
        failures = Run.tests(module)
        Run.say(folder, Path.basename(path), if(failures == 0, do: "passed", else: "failed"))
    end
  end
end
