defmodule ShopWeb.Router do
  use ShopWeb, :router

  import Phoenix.LiveDashboard.Router
  import ShopWeb.UserAuth

  @content_security_policy Enum.join(
                             [
                               "default-src 'self'",
                               "img-src 'self' data: https://images.shop.example",
                               "style-src 'self' 'unsafe-inline'",
                               "connect-src 'self' wss:",
                               "frame-ancestors 'none'"
                             ],
                             "; "
                           )

  pipeline :browser do
    plug :accepts, ["html"]
    plug :fetch_session
    plug :fetch_live_flash
    plug :put_root_layout, html: {ShopWeb.Layouts, :root}
    plug :protect_from_forgery
    plug :put_secure_browser_headers, %{"content-security-policy" => @content_security_policy}
    plug :fetch_current_scope_for_user
    plug ShopWeb.Plugs.Locale, default: "en"
  end

  pipeline :api do
    plug :accepts, ["json"]
    plug ShopWeb.Plugs.ApiKey
    plug ShopWeb.Plugs.RateLimit, limit: 120, window: :timer.minutes(1)
  end

  pipeline :webhook do
    plug :accepts, ["json"]
    plug ShopWeb.Plugs.StripeSignature, secret: {Application, :fetch_env!, [:shop, :stripe_secret]}
  end

  pipeline :admin do
    plug :require_authenticated_user
    plug :require_role, :admin
  end

  scope "/", ShopWeb do
    pipe_through :browser

    get "/", PageController, :home
    get "/about", PageController, :about
    get "/terms", PageController, :terms
    get "/privacy", PageController, :privacy
    get "/sitemap.xml", SitemapController, :index
  end

  scope "/", ShopWeb do
    pipe_through [:browser, :redirect_if_user_is_authenticated]

    live_session :redirect_if_authenticated,
      on_mount: [{ShopWeb.UserAuth, :redirect_if_authenticated}] do
      live "/users/register", UserLive.Registration, :new
      live "/users/log-in", UserLive.Login, :new
      live "/users/log-in/:token", UserLive.Confirmation, :new
    end

    post "/users/log-in", UserSessionController, :create
  end

  scope "/", ShopWeb do
    pipe_through [:browser, :require_authenticated_user]

    live_session :require_authenticated_user,
      on_mount: [{ShopWeb.UserAuth, :require_authenticated}, ShopWeb.Live.Notifications] do
      live "/orders", OrderLive.Index, :index
      live "/orders/new", OrderLive.Index, :new
      live "/orders/:id", OrderLive.Show, :show
      live "/orders/:id/edit", OrderLive.Index, :edit
      live "/orders/:id/lines/:line_id", OrderLive.Show, :edit_line
      live "/customers", CustomerLive.Index, :index
      live "/customers/:id", CustomerLive.Show, :show
      live "/settings", SettingsLive, :edit
      live "/settings/confirm-email/:token", SettingsLive, :confirm_email
    end

    get "/orders/:id/receipt.pdf", ReceiptController, :show
    get "/exports/:id", ExportController, :show
    post "/users/update-password", UserSessionController, :update_password
    delete "/users/log-out", UserSessionController, :delete
  end

  scope "/api", ShopWeb.Api, as: :api do
    pipe_through :api

    resources "/orders", OrderController, except: [:new, :edit] do
      resources "/lines", LineController, only: [:index, :create, :delete]
    end

    resources "/customers", CustomerController, only: [:index, :show, :create, :update]
    get "/prices/:sku", PriceController, :show
    get "/health", HealthController, :show
  end

  scope "/webhooks", ShopWeb do
    pipe_through :webhook

    post "/stripe", StripeWebhookController, :create
  end

  scope "/admin", ShopWeb.Admin, as: :admin do
    pipe_through [:browser, :admin]

    live_session :admin, on_mount: [{ShopWeb.UserAuth, :require_admin}] do
      live "/users", UserLive.Index, :index
      live "/users/:id", UserLive.Show, :show
      live "/accounts", AccountLive.Index, :index
    end

    live_dashboard "/dashboard", metrics: ShopWeb.Telemetry, ecto_repos: [Shop.Repo]
  end

  if Application.compile_env(:shop, :dev_routes) do
    scope "/dev" do
      pipe_through :browser

      forward "/mailbox", Plug.Swoosh.MailboxPreview
    end
  end
end
