defmodule Shop.Orders.Order do
  @moduledoc false

  use Ecto.Schema

  import Ecto.Changeset

  @states ~w(draft pending confirmed packed shipped delivered cancelled refunded)
  @primary_key {:id, :binary_id, autogenerate: true}
  @foreign_key_type :binary_id

  @type t :: %__MODULE__{}

  schema "orders" do
    field :number, :string
    field :state, :string, default: "draft"
    field :currency, :string, default: "EUR"
    field :placed_on, :date
    field :note, :string
    field :total, :decimal
    field :shipping, :decimal, default: Decimal.new(0)
    field :cancelled_at, :utc_datetime
    field :ip_address, :string, redact: true

    embeds_one :address, Address, on_replace: :update, primary_key: false do
      field :name, :string
      field :street, :string
      field :postcode, :string
      field :city, :string
      field :country, :string
    end

    belongs_to :account, Shop.Accounts.Account
    belongs_to :customer, Shop.Accounts.Customer
    has_many :lines, Shop.Orders.Line, preload_order: [asc: :position]

    timestamps(type: :utc_datetime)
  end

  @required ~w(number customer_id placed_on currency)a
  @optional ~w(note shipping state cancelled_at)a

  @doc false
  def changeset(order, attributes) do
    order
    |> cast(attributes, @required ++ @optional)
    |> cast_embed(:address, with: &address_changeset/2, required: true)
    |> cast_assoc(:lines, sort_param: :lines_sort, drop_param: :lines_drop)
    |> validate_required(@required)
    |> validate_inclusion(:state, @states)
    |> validate_length(:note, max: 2000)
    |> validate_format(:currency, ~r/^[A-Z]{3}$/)
    |> validate_number(:shipping, greater_than_or_equal_to: 0)
    |> unique_constraint([:account_id, :number])
    |> foreign_key_constraint(:customer_id)
    |> put_total()
  end

  defp address_changeset(address, attributes) do
    address
    |> cast(attributes, [:name, :street, :postcode, :city, :country])
    |> validate_required([:name, :street, :city, :country])
    |> validate_length(:country, is: 2)
    |> update_change(:country, &String.upcase/1)
  end

  defp put_total(%Ecto.Changeset{valid?: true} = changeset) do
    lines = get_field(changeset, :lines) || []
    shipping = get_field(changeset, :shipping) || Decimal.new(0)

    total =
      Enum.reduce(lines, shipping, fn line, sum ->
        Decimal.add(sum, Decimal.mult(line.unit_price || 0, line.quantity || 0))
      end)

    put_change(changeset, :total, total)
  end

  defp put_total(changeset), do: changeset
end
