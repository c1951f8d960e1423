# Runs the backoff/1 of many modules for attempts 1 to 20 of 20, as Elixir itself does.
# Usage: elixir evaluate.exs bodies.txt (bodies of modules, with lines of `----` between them).
# Prints `body attempt kind least most`; kind is integer, float, raises, or the value.

defmodule Oban.Job do
  defstruct [:id, :args, :attempt, :max_attempts, :unsaved_error]
end

defmodule Oban.Worker do
  defmacro __using__(_) do
    quote do
      alias Oban.{Job, Worker}
    end
  end
end

defmodule Run do
  @rounds 600

  def answers(module, attempt, random?) do
    job = %Oban.Job{id: 1, args: %{}, attempt: attempt, max_attempts: 20}
    for _ <- 1..if(random?, do: @rounds, else: 1), uniq: true, do: answer(module, job)
  end

  def told(answers) do
    cond do
      Enum.all?(answers, &is_integer/1) -> "integer #{Enum.min(answers)} #{Enum.max(answers)}"
      Enum.all?(answers, &is_float/1) -> "float 0 0"
      true -> "#{answers |> hd() |> inspect() |> String.replace(" ", "")} 0 0"
    end
  end

  defp answer(module, job) do
    module.backoff(job)
  rescue
    _ -> :raises
  end
end

Code.compiler_options(ignore_module_conflict: true)
:rand.seed(:exsss, {1, 2, 3})
[path] = System.argv()

path
|> File.read!()
|> String.split("\n----\n")
|> Enum.with_index()
|> Enum.each(fn {body, index} ->
  Code.compile_string("defmodule W#{index} do\nuse Oban.Worker\n#{body}\nend")
  random? = body =~ "rand"

  for attempt <- 1..20 do
    answers = Run.answers(Module.concat([:"W#{index}"]), attempt, random?)
    IO.puts("#{index} #{attempt} #{Run.told(answers)}")
  end
end)
