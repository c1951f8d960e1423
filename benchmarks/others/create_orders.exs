defmodule Shop.Repo.Migrations.CreateOrders do
  use Ecto.Migration

  def up do
    execute "CREATE EXTENSION IF NOT EXISTS citext"

    create table(:orders, primary_key: false) do
      add :id, :binary_id, primary_key: true
      add :number, :string, null: false
      add :state, :string, null: false, default: "draft"
      add :currency, :string, size: 3, null: false
      add :placed_on, :date, null: false
      add :note, :text
      add :total, :decimal, precision: 12, scale: 2
      add :shipping, :decimal, precision: 12, scale: 2, default: 0
      add :cancelled_at, :utc_datetime
      add :ip_address, :string
      add :address, :map, null: false
      add :account_id, references(:accounts, type: :binary_id, on_delete: :delete_all), null: false
      add :customer_id, references(:customers, type: :binary_id, on_delete: :restrict), null: false

      timestamps(type: :utc_datetime)
    end

    create unique_index(:orders, [:account_id, :number])
    create index(:orders, [:customer_id])
    create index(:orders, [:account_id, :placed_on], where: "state <> 'draft'")
    create constraint(:orders, :shipping_is_not_negative, check: "shipping >= 0")
  end

  def down do
    drop table(:orders)
  end
end
