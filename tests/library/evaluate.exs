# Runs each call of a list in Elixir and checks its value against the table's `returns`.
# Also checks that the functions of Elixir and OTP that the table lists exist here.
# Usage: elixir evaluate.exs library.tsv calls.txt scratch-folder
# Prints one line per disagreement, then `checked N`.

defmodule Table do
  @doc "{module, function, arity}, all text → {returns, note}; `Kernel.` for local functions."
  def read(path) do
    for line <- path |> File.read!() |> String.split("\n"),
        line != "" and not String.starts_with?(line, "#"),
        [call, returns, _does, note] = String.split(line, "\t"),
        [name, arities] = String.split(call, "/"),
        {module, functions} = split_name(name),
        function <- String.split(functions, "|"),
        arity <- String.split(arities, ","),
        into: %{} do
      {{module, function, arity}, {returns, note}}
    end
  end

  @doc "The row of a call: the named one, else the one of its module."
  def find(rows, {module, function, arity}) do
    rows[{module, function, to_string(arity)}] || rows[{module, function, "*"}] ||
      rows[{module, "*", "*"}]
  end

  defp split_name(name) do
    [_, module, functions] = Regex.run(~r/^(.*)\.([^.]+)$/, name)
    {module, functions}
  end
end

defmodule Shape do
  @doc "Whether a value is one of those that a type expression stands for."
  def fits?({:|, _, [left, right]}, value, args),
    do: fits?(left, value, args) or fits?(right, value, args)

  def fits?({:term, _, _}, _value, _args), do: true
  def fits?({:map, _, nil}, value, _args), do: is_map(value)
  def fits?({:struct, _, nil}, value, _args), do: is_struct(value)
  def fits?({:struct, _, _given}, value, _args), do: is_struct(value)
  def fits?({:list, _, nil}, value, _args), do: is_list(value)

  def fits?({:list, _, [item]}, value, args),
    do: is_list(value) and Enum.all?(value, &fits?(item, &1, args))

  def fits?({:nonempty_list, _, _}, value, _args), do: is_list(value) and value != []
  def fits?({:binary, _, _}, value, _args), do: is_binary(value)
  def fits?({:charlist, _, _}, value, _args), do: is_list(value)
  def fits?({:atom, _, _}, value, _args), do: is_atom(value)
  def fits?({:boolean, _, _}, value, _args), do: is_boolean(value)
  def fits?({:integer, _, _}, value, _args), do: is_integer(value)
  def fits?({:non_neg_integer, _, _}, value, _args), do: is_integer(value) and value >= 0
  def fits?({:float, _, _}, value, _args), do: is_float(value)
  def fits?({:number, _, _}, value, _args), do: is_number(value)
  def fits?({:pid, _, _}, value, _args), do: is_pid(value)
  def fits?({:port, _, _}, value, _args), do: is_port(value)
  def fits?({:reference, _, _}, value, _args), do: is_reference(value)
  def fits?({:function, _, _}, value, _args), do: is_function(value)

  def fits?({:stream, _, _}, value, _args),
    do: not is_list(value) and Enumerable.impl_for(value) != nil

  def fits?({:none, _, []}, value, _args), do: match?({:left, _}, value)
  def fits?({word, _, _}, _value, _args) when word in [:run, :truthy, :element], do: true

  def fits?({:%, _, [{:__aliases__, _, name}, _]}, value, _args),
    do: is_struct(value, Module.concat(name))

  def fits?({:{}, _, items}, value, args), do: tuple_fits?(items, value, args)
  def fits?({left, right}, value, args), do: tuple_fits?([left, right], value, args)

  def fits?({word, _, _}, value, args) when is_atom(word) do
    "arg" <> number = Atom.to_string(word)
    Enum.at(args, String.to_integer(number) - 1) === value
  end

  def fits?(literal, value, _args), do: literal === value

  defp tuple_fits?(items, value, args) do
    is_tuple(value) and tuple_size(value) == length(items) and
      items |> Enum.zip(Tuple.to_list(value)) |> Enum.all?(fn {i, v} -> fits?(i, v, args) end)
  end
end

defmodule Call do
  @doc "{module, function, args} of a call's syntax tree."
  def read({{:., _, [{:__aliases__, _, name}, function]}, _, args}),
    do: {name |> Enum.map(&to_string/1) |> Enum.join("."), to_string(function), args}

  def read({{:., _, [module, function]}, _, args}),
    do: {inspect(module), to_string(function), args}

  def read({function, _, args}), do: {"Kernel", to_string(function), args}

  @doc "What it gives; `{:left, how}` when it does not return."
  def run(tree, binding) do
    {value, _} = Code.eval_quoted(tree, binding, env())
    value
  rescue
    error -> {:left, error}
  catch
    kind, reason -> {:left, {kind, reason}}
  end

  defp env do
    require Integer
    require Logger
    __ENV__
  end

  def newer?(note) do
    case Regex.run(~r/^(Elixir|OTP) ([\d.]+)/, note) do
      [_, "Elixir", version] -> Version.compare(System.version(), version <> ".0") == :lt
      [_, "OTP", release] -> String.to_integer(System.otp_release()) < String.to_integer(release)
      nil -> false
    end
  end

  def exists?(module, function, arity) do
    module = module |> Code.eval_string() |> elem(0)
    function = String.to_atom(function)
    Code.ensure_loaded(module)
    function_exported?(module, function, arity) or macro_exported?(module, function, arity)
  end
end

Logger.configure(level: :none)
{:ok, _} = Registry.start_link(keys: :unique, name: Registry.Sample)

[table, calls, dir] = System.argv()
rows = Table.read(table)

for {{module, function, arity}, {_, note}} <- rows,
    arity != "*",
    note =~ ~r/^(Elixir|OTP)( |;|$)/ and not Call.newer?(note),
    not Call.exists?(module, function, String.to_integer(arity)) do
  IO.puts("no such function: #{module}.#{function}/#{arity}")
end

checked =
  for text <- calls |> File.read!() |> String.split("\n"),
      text != "" and not String.starts_with?(text, "#") do
    tree = Code.string_to_quoted!(text)
    {module, function, args} = Call.read(tree)

    case Table.find(rows, {module, function, length(args)}) do
      nil ->
        IO.puts("not in the table: #{text}")

      {returns, note} ->
        unless Call.newer?(note) do
          given = Enum.map(args, &Call.run(&1, dir: dir))
          value = Call.run(tree, dir: dir)

          unless Shape.fits?(Code.string_to_quoted!(returns), value, given) do
            IO.puts("#{text} gives #{inspect(value)}, the table says #{returns}")
          end
        end
    end
  end

IO.puts("checked #{length(checked)}")
