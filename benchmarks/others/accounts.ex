defmodule Shop.Accounts do
  @moduledoc "People who sign in, their sessions, and what they may do."

  import Ecto.Query

  alias Shop.Accounts.{Scope, User, UserNotifier, UserToken}
  alias Shop.Repo

  @roles ~w(viewer editor admin)a

  ## Finding people

  @doc "The user with an e-mail address, or nil."
  def get_user_by_email(email) when is_binary(email) do
    Repo.get_by(User, email: String.downcase(email))
  end

  @doc "The user with an e-mail address, if the password is right."
  def get_user_by_email_and_password(email, password)
      when is_binary(email) and is_binary(password) do
    user = get_user_by_email(email)
    if User.valid_password?(user, password), do: user
  end

  def get_user!(id), do: Repo.get!(User, id)

  def list_users(%Scope{account: account}, options \\ []) do
    direction = if options[:newest], do: :desc, else: :asc

    User
    |> where(account_id: ^account.id)
    |> search(options[:search])
    |> order_by([user], [{^direction, user.inserted_at}, {:asc, user.id}])
    |> Repo.all()
  end

  defp search(query, nil), do: query
  defp search(query, ""), do: query

  defp search(query, text) do
    pattern = "%" <> String.replace(text, ~w(% _ \\), &"\\#{&1}") <> "%"
    where(query, [user], ilike(user.name, ^pattern) or ilike(user.email, ^pattern))
  end

  ## Signing up and changing

  def register_user(attributes) do
    %User{}
    |> User.registration_changeset(attributes)
    |> Repo.insert()
  end

  def change_user_email(user, attributes \\ %{}, options \\ []) do
    User.email_changeset(user, attributes, options)
  end

  @doc "Changes the address that a token was sent to."
  def update_user_email(user, token) do
    context = "change:#{user.email}"

    Repo.transact(fn ->
      with {:ok, query} <- UserToken.verify_change_email_token_query(token, context),
           %UserToken{sent_to: email} <- Repo.one(query),
           {:ok, user} <- Repo.update(User.email_changeset(user, %{email: email})),
           {_count, _rows} <-
             Repo.delete_all(from(UserToken, where: [user_id: ^user.id, context: ^context])) do
        {:ok, user}
      else
        _ -> {:error, :transaction_aborted}
      end
    end)
  end

  def change_user_password(user, attributes \\ %{}, options \\ []) do
    User.password_changeset(user, attributes, options)
  end

  @doc "Changes the password, and ends all sessions."
  def update_user_password(user, attributes) do
    user
    |> User.password_changeset(attributes)
    |> update_user_and_delete_all_tokens()
  end

  def set_role(%Scope{user: %User{role: :admin} = admin}, %User{} = user, role)
      when role in @roles do
    cond do
      admin.id == user.id -> {:error, :yourself}
      admin.account_id != user.account_id -> {:error, :not_found}
      true -> user |> Ecto.Changeset.change(role: role) |> Repo.update()
    end
  end

  def set_role(_scope, _user, role) when role not in @roles, do: {:error, :unknown_role}
  def set_role(_scope, _user, _role), do: {:error, :not_allowed}

  ## Sessions

  @doc "Makes a token for a new session."
  def generate_user_session_token(user) do
    {token, user_token} = UserToken.build_session_token(user)
    Repo.insert!(user_token)
    token
  end

  @doc "The user of a session, and when they signed in."
  def get_user_by_session_token(token) do
    {:ok, query} = UserToken.verify_session_token_query(token)
    Repo.one(query)
  end

  def get_user_by_magic_link_token(token) do
    with {:ok, query} <- UserToken.verify_magic_link_token_query(token),
         {user, _token} <- Repo.one(query) do
      user
    else
      _ -> nil
    end
  end

  @doc "Signs in by a link that was mailed; confirms the user when they were not."
  def login_user_by_magic_link(token) do
    {:ok, query} = UserToken.verify_magic_link_token_query(token)

    case Repo.one(query) do
      {%User{confirmed_at: nil, hashed_password: hash}, _token} when not is_nil(hash) ->
        raise "magic link log in is not allowed for unconfirmed users with a password"

      {%User{confirmed_at: nil} = user, _token} ->
        user
        |> User.confirm_changeset()
        |> update_user_and_delete_all_tokens()

      {user, token} ->
        Repo.delete!(token)
        {:ok, {user, []}}

      nil ->
        {:error, :not_found}
    end
  end

  @doc "Mails a link that confirms a change of address."
  def deliver_user_update_email_instructions(%User{} = user, current_email, url)
      when is_function(url, 1) do
    {encoded, user_token} = UserToken.build_email_token(user, "change:#{current_email}")
    Repo.insert!(user_token)
    UserNotifier.deliver_update_email_instructions(user, url.(encoded))
  end

  def deliver_login_instructions(%User{} = user, url) when is_function(url, 1) do
    {encoded, user_token} = UserToken.build_email_token(user, "login")
    Repo.insert!(user_token)
    UserNotifier.deliver_login_instructions(user, url.(encoded))
  end

  def delete_user_session_token(token) do
    Repo.delete_all(from(UserToken, where: [token: ^token, context: "session"]))
    :ok
  end

  defp update_user_and_delete_all_tokens(changeset) do
    Repo.transact(fn ->
      with {:ok, user} <- Repo.update(changeset) do
        tokens = Repo.all_by(UserToken, user_id: user.id)
        Repo.delete_all(from(t in UserToken, where: t.id in ^Enum.map(tokens, & &1.id)))
        {:ok, {user, tokens}}
      end
    end)
  end
end
