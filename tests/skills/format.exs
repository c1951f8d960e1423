# Reads blocks of Elixir and says which are not code, or not formatted.
# Reads one line per block: its name, a space, its text in Base64. Prints one line per block:
# `ok NAME`, `changed NAME` or `broken NAME MESSAGE`.

# What Ecto, Oban and ExUnit export for the formatter.
locals = [
  assert_enqueued: :*,
  refute_enqueued: :*,
  from: :*,
  field: :*,
  add: :*,
  belongs_to: :*,
  plug: :*
]

for line <- IO.stream(:stdio, :line) do
  [name, encoded] = String.split(line)
  code = Base.decode64!(encoded)

  try do
    Code.string_to_quoted!(code)

    formatted =
      code |> Code.format_string!(locals_without_parens: locals) |> IO.iodata_to_binary()

    verdict = if formatted <> "\n" == code, do: "ok", else: "changed"
    IO.puts("#{verdict} #{name}")
  rescue
    error -> IO.puts("broken #{name} #{inspect(Exception.message(error))}")
  end
end
