import Config

config :shop, ecto_repos: [Shop.Repo]

config :shop, Oban,
  repo: Shop.Repo,
  queues: [ledger: 2, mailers: 10, newsletter: 5, payments: 5, suppliers: 4],
  plugins: [
    {Oban.Plugins.Pruner, max_age: 7 * 24 * 60 * 60},
    {Oban.Plugins.Lifeline, rescue_after: :timer.minutes(30)},
    {Oban.Plugins.Cron,
     crontab: [
       {"15 * * * *", Shop.Workers.ExpireCarts},
       {"0 6 1 * *", Shop.Workers.CloseMonth, args: %{step: "freeze"}}
     ]}
  ]

config :shop, Shop.Mailer, adapter: Swoosh.Adapters.Local
