-- The schema after all migrations, one fact per line; compared by the tests.
function CREATE OR REPLACE FUNCTION public.accounts_named()
   RETURNS TABLE(id uuid, user_id uuid, name text, exchange text, market text, mode text)
   LANGUAGE sql
   STABLE SECURITY DEFINER
   SET search_path TO 'public'
  AS $function$
        select a.id, a.user_id, a.name, a.exchange, a.market, a.mode from accounts a
        where a.status <> 'closed' and acts_for_all() order by a.created_at, a.id
      $function$
  
function CREATE OR REPLACE FUNCTION public.acts_as_admin()
   RETURNS boolean
   LANGUAGE sql
   STABLE SECURITY DEFINER
   SET search_path TO 'pg_catalog'
  BEGIN ATOMIC
   SELECT (EXISTS ( SELECT
              FROM auth."user"
             WHERE (("user".id = current_tenant()) AND ("user".role = 'admin'::text) AND ("user".banned IS NOT TRUE)))) AS "exists";
  END
  
function CREATE OR REPLACE FUNCTION public.acts_for_all()
   RETURNS boolean
   LANGUAGE sql
   STABLE
   SET search_path TO 'public'
  AS $function$
        select coalesce(current_setting('app.for_all', true), '') = 'on' and acts_as_admin()
      $function$
  
function CREATE OR REPLACE FUNCTION public.add_account_halts()
   RETURNS trigger
   LANGUAGE plpgsql
   SECURITY DEFINER
   SET search_path TO 'public'
  AS $function$
      begin
        insert into halts (scope, key, user_id) values ('user', new.user_id::text, new.user_id), ('account', new.id::text, new.user_id)
          on conflict do nothing;
        return new;
      end $function$
  
function CREATE OR REPLACE FUNCTION public.close_progress(batch uuid)
   RETURNS TABLE(positions integer, closed integer)
   LANGUAGE sql
   STABLE SECURITY DEFINER
   SET search_path TO 'public'
  AS $function$
        select count(*)::integer, (count(*) filter (where p.state not in ('opening', 'open', 'closing', 'stray')))::integer
        from positions p where acts_for_all()
          and p.id = any (array(select unnest(position_ids) from close_batches where id = batch))
      $function$
  
function CREATE OR REPLACE FUNCTION public.current_tenant()
   RETURNS uuid
   LANGUAGE sql
   STABLE PARALLEL SAFE
  RETURN (NULLIF(current_setting('app.user_id'::text, true), ''::text))::uuid
  
function CREATE OR REPLACE FUNCTION public.guard_absence()
   RETURNS trigger
   LANGUAGE plpgsql
  AS $function$
      declare
        rounds integer;
        apart interval;
      begin
        select count(*), max(first_asked) - min(first_asked) into rounds, apart from (
          select min(evidence.asked_at) as first_asked from order_evidence evidence where evidence.order_id = new.id
          group by evidence.round having count(*) = 5 and not bool_or(evidence.found)) absent;
        if rounds < 2 or apart < interval '5 seconds' then
          raise exception 'order %: % rounds of nothing found do not prove that it is not at the venue', new.id, rounds
            using errcode = 'check_violation';
        end if;
        if exists (select from fills where order_id = new.id) then
          raise exception 'order % has fills: it was at the venue', new.id using errcode = 'check_violation';
        end if;
        return new;
      end $function$
  
function CREATE OR REPLACE FUNCTION public.guard_late_truth()
   RETURNS trigger
   LANGUAGE plpgsql
  AS $function$
      begin
        raise exception 'order %: % becomes % by the venue''s own order alone, and none is named', old.id, old.state, new.state
          using errcode = 'check_violation';
      end $function$
  
function CREATE OR REPLACE FUNCTION public.guard_order()
   RETURNS trigger
   LANGUAGE plpgsql
  AS $function$
      begin
        if (new.id, new.user_id, new.account_id, new.position_id, new.symbol, new.side, new.purpose, new.quantity, new.client_order_id, new.attempt)
           is distinct from
           (old.id, old.user_id, old.account_id, old.position_id, old.symbol, old.side, old.purpose, old.quantity, old.client_order_id, old.attempt) then
          raise exception 'order %: identity, side and quantity never change', old.id using errcode = 'check_violation';
        end if;
        if new.filled < old.filled then
          raise exception 'order %: filled only grows (% to %)', old.id, old.filled, new.filled using errcode = 'check_violation';
        end if;
        if new.state <> old.state and not (new.state = any (case old.state
          when 'planned' then array['submitting', 'abandoned']
          when 'submitting' then array['open', 'partially_filled', 'filled', 'canceled', 'rejected', 'planned', 'unknown']
          when 'open' then array['partially_filled', 'filled', 'canceling', 'canceled', 'rejected']
          when 'partially_filled' then array['open', 'filled', 'canceling', 'canceled', 'rejected']
          when 'canceling' then array['canceled', 'rejected', 'filled', 'open', 'partially_filled', 'unknown']
          when 'unknown' then array['open', 'partially_filled', 'filled', 'canceled', 'rejected', 'not_at_venue', 'manual']
          when 'not_at_venue' then array['open', 'partially_filled', 'filled']
          when 'canceled' then array['open', 'partially_filled', 'filled']
          when 'rejected' then array['open', 'partially_filled', 'filled']
          when 'manual' then array['open', 'partially_filled', 'filled']
          else array[]::text[] end)) then
          raise exception 'order %: % may not become %', old.id, old.state, new.state using errcode = 'check_violation';
        end if;
        return new;
      end $function$
  
function CREATE OR REPLACE FUNCTION public.guard_stop()
   RETURNS trigger
   LANGUAGE plpgsql
  AS $function$
      declare
        side text := (select p.side from positions p where p.id = new.position_id);
      begin
        if new.stop_loss is null or (side = 'long' and new.stop_loss < old.stop_loss)
           or (side = 'short' and new.stop_loss > old.stop_loss) then
          raise exception 'position %: a stop only tightens (% to %)', new.position_id, old.stop_loss, new.stop_loss
            using errcode = 'check_violation';
        end if;
        return new;
      end $function$
  
function CREATE OR REPLACE FUNCTION public.is_pair_known(pair text)
   RETURNS boolean
   LANGUAGE sql
   STABLE SECURITY DEFINER
   SET search_path TO 'public'
  AS $function$
        select acts_for_all() and (exists (select from trading_signals where symbol = pair)
          or exists (select from positions where split_part(symbol, ':', 1) = pair))
      $function$
  
function CREATE OR REPLACE FUNCTION public.orders_by_exchange(since interval)
   RETURNS TABLE(exchange text, is_entry boolean, sent integer, unknown integer, rejected integer, sent_p50_ms double precision, sent_p95_ms double precision, booked_p50_ms double precision, booked_p95_ms double precision)
   LANGUAGE sql
   STABLE SECURITY DEFINER
   SET search_path TO 'public'
  AS $function$
        select o.exchange, o.purpose = 'entry', count(o.sent_at)::integer,
          (count(*) filter (where o.state = 'unknown'))::integer, (count(*) filter (where o.state = 'rejected'))::integer,
          percentile_cont(0.5) within group (order by extract(epoch from o.sent_at - o.planned_at) * 1000),
          percentile_cont(0.95) within group (order by extract(epoch from o.sent_at - o.planned_at) * 1000),
          percentile_cont(0.5) within group (order by extract(epoch from booked.at - o.sent_at) * 1000),
          percentile_cont(0.95) within group (order by extract(epoch from booked.at - o.sent_at) * 1000)
        from orders o
        left join lateral (select min(recorded_at) as at from fills where fills.order_id = o.id and o.type = 'market') booked on true
        where acts_for_all() and o.purpose in ('entry', 'exit')
          and (o.sent_at > clock_timestamp() - since or o.state = 'unknown')
        group by o.exchange, o.purpose = 'entry' order by o.exchange, o.purpose = 'entry' desc
      $function$
  
function CREATE OR REPLACE FUNCTION public.positions_by_place()
   RETURNS TABLE(exchange text, market text, mode text, open integer, unprotected integer, longest_seconds double precision)
   LANGUAGE sql
   STABLE SECURITY DEFINER
   SET search_path TO 'public'
  AS $function$
        select a.exchange, a.market, a.mode, count(*)::integer,
          count(gap.id)::integer, max(extract(epoch from clock_timestamp() - gap.began_at))::double precision
        from positions p join accounts a on a.id = p.account_id
        left join protection_gaps gap on gap.position_id = p.id and gap.ended_at is null
        where p.state in ('open', 'closing', 'stray') and acts_for_all()
        group by a.exchange, a.market, a.mode order by a.exchange, a.market, a.mode
      $function$
  
function CREATE OR REPLACE FUNCTION public.streams_by_exchange()
   RETURNS TABLE(exchange text, accounts integer, heard integer)
   LANGUAGE sql
   STABLE SECURITY DEFINER
   SET search_path TO 'public'
  AS $function$
        select a.exchange, count(*)::integer, (count(*) filter (where s.whole_since is not null and s.lease_until > clock_timestamp()))::integer
        from accounts a left join account_streams s on s.account_id = a.id
        where a.status <> 'closed' and acts_for_all()
        group by a.exchange order by a.exchange
      $function$
  
function CREATE OR REPLACE FUNCTION public.take_turn_on_halts()
   RETURNS trigger
   LANGUAGE plpgsql
  AS $function$
      begin
        perform pg_advisory_xact_lock(1212238932);
        return null;
      end $function$
  
function CREATE OR REPLACE FUNCTION public.this_database()
   RETURNS text
   LANGUAGE plpgsql
   STABLE
  AS $function$
      declare
        name text := (select oid::text from pg_database where datname = current_database());
      begin
        return name || '.' || (select timeline_id from pg_control_checkpoint());
      exception when insufficient_privilege then
        return name || '.0';
      end $function$
  
table auth.account column accessToken text
table auth.account column accessTokenExpiresAt timestamp with time zone
table auth.account column accountId text not null
table auth.account column createdAt timestamp with time zone not null default CURRENT_TIMESTAMP
table auth.account column id uuid not null default gen_random_uuid()
table auth.account column idToken text
table auth.account column password text
table auth.account column providerId text not null
table auth.account column refreshToken text
table auth.account column refreshTokenExpiresAt timestamp with time zone
table auth.account column scope text
table auth.account column updatedAt timestamp with time zone not null
table auth.account column userId uuid not null
table auth.account constraint account_pkey PRIMARY KEY (id)
table auth.account constraint account_userId_fkey FOREIGN KEY ("userId") REFERENCES auth."user"(id) ON DELETE CASCADE
table auth.account grant DELETE to bullpen_app
table auth.account grant INSERT to bullpen_app
table auth.account grant SELECT to bullpen_app
table auth.account grant UPDATE to bullpen_app
table auth.account index CREATE INDEX "account_userId_idx" ON auth.account USING btree ("userId")
table auth.rateLimit column count integer not null
table auth.rateLimit column id uuid not null default gen_random_uuid()
table auth.rateLimit column key text not null
table auth.rateLimit column lastRequest bigint not null
table auth.rateLimit constraint rateLimit_key_key UNIQUE (key)
table auth.rateLimit constraint rateLimit_pkey PRIMARY KEY (id)
table auth.rateLimit grant DELETE to bullpen_app
table auth.rateLimit grant DELETE to bullpen_worker
table auth.rateLimit grant INSERT to bullpen_app
table auth.rateLimit grant SELECT (id) to bullpen_worker
table auth.rateLimit grant SELECT (lastRequest) to bullpen_worker
table auth.rateLimit grant SELECT to bullpen_app
table auth.rateLimit grant UPDATE to bullpen_app
table auth.session column createdAt timestamp with time zone not null default CURRENT_TIMESTAMP
table auth.session column expiresAt timestamp with time zone not null
table auth.session column id uuid not null default gen_random_uuid()
table auth.session column impersonatedBy text
table auth.session column ipAddress text
table auth.session column provenAt timestamp with time zone
table auth.session column token text not null
table auth.session column updatedAt timestamp with time zone not null
table auth.session column userAgent text
table auth.session column userId uuid not null
table auth.session constraint session_pkey PRIMARY KEY (id)
table auth.session constraint session_token_key UNIQUE (token)
table auth.session constraint session_userId_fkey FOREIGN KEY ("userId") REFERENCES auth."user"(id) ON DELETE CASCADE
table auth.session grant DELETE to bullpen_app
table auth.session grant DELETE to bullpen_worker
table auth.session grant INSERT to bullpen_app
table auth.session grant SELECT (expiresAt) to bullpen_worker
table auth.session grant SELECT (id) to bullpen_worker
table auth.session grant SELECT to bullpen_app
table auth.session grant UPDATE to bullpen_app
table auth.session index CREATE INDEX "session_userId_idx" ON auth.session USING btree ("userId")
table auth.twoFactor column backupCodes text not null
table auth.twoFactor column failedVerificationCount integer
table auth.twoFactor column id uuid not null default gen_random_uuid()
table auth.twoFactor column lockedUntil timestamp with time zone
table auth.twoFactor column secret text not null
table auth.twoFactor column userId uuid not null
table auth.twoFactor column verified boolean
table auth.twoFactor constraint twoFactor_pkey PRIMARY KEY (id)
table auth.twoFactor constraint twoFactor_userId_fkey FOREIGN KEY ("userId") REFERENCES auth."user"(id) ON DELETE CASCADE
table auth.twoFactor constraint twoFactor_userId_key UNIQUE ("userId")
table auth.twoFactor grant DELETE to bullpen_app
table auth.twoFactor grant INSERT to bullpen_app
table auth.twoFactor grant SELECT to bullpen_app
table auth.twoFactor grant UPDATE to bullpen_app
table auth.user column banExpires timestamp with time zone
table auth.user column banReason text
table auth.user column banned boolean
table auth.user column createdAt timestamp with time zone not null default CURRENT_TIMESTAMP
table auth.user column email text not null
table auth.user column emailVerified boolean not null
table auth.user column id uuid not null default gen_random_uuid()
table auth.user column image text
table auth.user column name text not null
table auth.user column role text
table auth.user column twoFactorEnabled boolean
table auth.user column updatedAt timestamp with time zone not null default CURRENT_TIMESTAMP
table auth.user constraint user_email_key UNIQUE (email)
table auth.user constraint user_pkey PRIMARY KEY (id)
table auth.user grant DELETE to bullpen_app
table auth.user grant INSERT to bullpen_app
table auth.user grant SELECT to bullpen_app
table auth.user grant SELECT to bullpen_worker
table auth.user grant UPDATE to bullpen_app
table auth.verification column createdAt timestamp with time zone not null default CURRENT_TIMESTAMP
table auth.verification column expiresAt timestamp with time zone not null
table auth.verification column id uuid not null default gen_random_uuid()
table auth.verification column identifier text not null
table auth.verification column updatedAt timestamp with time zone not null default CURRENT_TIMESTAMP
table auth.verification column value text not null
table auth.verification constraint verification_pkey PRIMARY KEY (id)
table auth.verification grant DELETE to bullpen_app
table auth.verification grant DELETE to bullpen_worker
table auth.verification grant INSERT to bullpen_app
table auth.verification grant SELECT (expiresAt) to bullpen_worker
table auth.verification grant SELECT (id) to bullpen_worker
table auth.verification grant SELECT to bullpen_app
table auth.verification grant UPDATE to bullpen_app
table auth.verification index CREATE INDEX verification_identifier_idx ON auth.verification USING btree (identifier)
table public.account_requests column account_id uuid not null
table public.account_requests column asked_by text not null
table public.account_requests column balance numeric
table public.account_requests column created_at timestamp with time zone not null default now()
table public.account_requests column ended_at timestamp with time zone
table public.account_requests column exchange text not null
table public.account_requests column fingerprints text[] not null default '{}'::text[]
table public.account_requests column id uuid not null default gen_random_uuid()
table public.account_requests column kind text not null
table public.account_requests column market text not null
table public.account_requests column mode text not null
table public.account_requests column name text
table public.account_requests column quote text not null
table public.account_requests column reason text
table public.account_requests column sealed jsonb
table public.account_requests column state text not null default 'waiting'::text
table public.account_requests column user_id uuid not null
table public.account_requests constraint account_requests_balance_check CHECK ((balance > (0)::numeric))
table public.account_requests constraint account_requests_check CHECK (((state = 'waiting'::text) = (ended_at IS NULL)))
table public.account_requests constraint account_requests_check1 CHECK (((state = 'refused'::text) = (reason IS NOT NULL)))
table public.account_requests constraint account_requests_check2 CHECK (((state = 'waiting'::text) OR (sealed IS NULL)))
table public.account_requests constraint account_requests_check3 CHECK (((kind <> 'connect'::text) OR (name IS NOT NULL)))
table public.account_requests constraint account_requests_check4 CHECK (((balance IS NOT NULL) = ((mode = 'paper'::text) AND (kind = 'connect'::text))))
table public.account_requests constraint account_requests_kind_check CHECK ((kind = ANY (ARRAY['connect'::text, 'replace-key'::text])))
table public.account_requests constraint account_requests_pkey PRIMARY KEY (id)
table public.account_requests constraint account_requests_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'done'::text, 'refused'::text])))
table public.account_requests constraint account_requests_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth."user"(id) ON DELETE CASCADE
table public.account_requests grant DELETE to bullpen_worker
table public.account_requests grant INSERT to bullpen_app
table public.account_requests grant SELECT (account_id) to bullpen_app
table public.account_requests grant SELECT (balance) to bullpen_app
table public.account_requests grant SELECT (created_at) to bullpen_app
table public.account_requests grant SELECT (ended_at) to bullpen_app
table public.account_requests grant SELECT (exchange) to bullpen_app
table public.account_requests grant SELECT (id) to bullpen_app
table public.account_requests grant SELECT (kind) to bullpen_app
table public.account_requests grant SELECT (market) to bullpen_app
table public.account_requests grant SELECT (mode) to bullpen_app
table public.account_requests grant SELECT (name) to bullpen_app
table public.account_requests grant SELECT (quote) to bullpen_app
table public.account_requests grant SELECT (reason) to bullpen_app
table public.account_requests grant SELECT (state) to bullpen_app
table public.account_requests grant SELECT (user_id) to bullpen_app
table public.account_requests grant SELECT to bullpen_worker
table public.account_requests grant UPDATE to bullpen_worker
table public.account_requests index CREATE INDEX account_requests_recent ON public.account_requests USING btree (user_id, created_at DESC)
table public.account_requests index CREATE UNIQUE INDEX account_requests_waiting ON public.account_requests USING btree (account_id) WHERE (state = 'waiting'::text)
table public.account_requests policy tenant ALL to bullpen_app using (user_id = current_tenant()) check (user_id = current_tenant())
table public.account_requests policy worker ALL to bullpen_worker using true check true
table public.account_requests row security forced
table public.account_streams column account_id uuid not null
table public.account_streams column lease_until timestamp with time zone not null
table public.account_streams column whole_since timestamp with time zone
table public.account_streams column worker_id text not null
table public.account_streams constraint account_streams_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE
table public.account_streams constraint account_streams_pkey PRIMARY KEY (account_id)
table public.account_streams grant DELETE to bullpen_worker
table public.account_streams grant INSERT to bullpen_worker
table public.account_streams grant SELECT to bullpen_worker
table public.account_streams grant UPDATE to bullpen_worker
table public.account_streams index CREATE INDEX account_streams_worker ON public.account_streams USING btree (worker_id)
table public.accounts column created_at timestamp with time zone not null default now()
table public.accounts column doubts jsonb not null default '{}'::jsonb
table public.accounts column exchange text not null
table public.accounts column external jsonb not null default '{}'::jsonb
table public.accounts column id uuid not null default gen_random_uuid()
table public.accounts column margin jsonb
table public.accounts column margin_asked_at timestamp with time zone
table public.accounts column margin_warned_at timestamp with time zone
table public.accounts column market text not null
table public.accounts column mode text not null
table public.accounts column must_reconcile boolean not null default false
table public.accounts column name text not null
table public.accounts column quote text not null
table public.accounts column reconciled_at timestamp with time zone
table public.accounts column restored_at timestamp with time zone
table public.accounts column seen_in text not null default this_database()
table public.accounts column stale_since timestamp with time zone
table public.accounts column status text not null default 'active'::text
table public.accounts column status_reason text
table public.accounts column user_id uuid not null
table public.accounts constraint accounts_doubts_check CHECK ((jsonb_typeof(doubts) = 'object'::text))
table public.accounts constraint accounts_exchange_check CHECK ((exchange = ANY (ARRAY['binance'::text, 'kraken'::text, 'bybit'::text, 'okx'::text, 'bitget'::text])))
table public.accounts constraint accounts_external_check CHECK ((jsonb_typeof(external) = 'object'::text))
table public.accounts constraint accounts_id_user_id_key UNIQUE (id, user_id)
table public.accounts constraint accounts_margin_check CHECK ((jsonb_typeof(margin) = 'object'::text))
table public.accounts constraint accounts_market_check CHECK ((market = ANY (ARRAY['spot'::text, 'margin-cross'::text, 'margin-isolated'::text, 'futures'::text])))
table public.accounts constraint accounts_mode_check CHECK ((mode = ANY (ARRAY['paper'::text, 'testnet'::text, 'live'::text])))
table public.accounts constraint accounts_name_check CHECK ((name <> ''::text))
table public.accounts constraint accounts_pkey PRIMARY KEY (id)
table public.accounts constraint accounts_quote_check CHECK ((quote ~ '^[A-Z0-9]{2,10}$'::text))
table public.accounts constraint accounts_status_check CHECK ((status = ANY (ARRAY['active'::text, 'paused'::text, 'degraded'::text, 'closed'::text])))
table public.accounts constraint accounts_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth."user"(id) ON DELETE RESTRICT
table public.accounts constraint accounts_user_id_name_key UNIQUE (user_id, name)
table public.accounts grant INSERT to bullpen_app
table public.accounts grant INSERT to bullpen_worker
table public.accounts grant SELECT to bullpen_app
table public.accounts grant SELECT to bullpen_worker
table public.accounts grant UPDATE to bullpen_app
table public.accounts grant UPDATE to bullpen_worker
table public.accounts policy tenant ALL to bullpen_app using (user_id = current_tenant()) check (user_id = current_tenant())
table public.accounts policy worker ALL to bullpen_worker using true check true
table public.accounts row security forced
table public.accounts trigger CREATE TRIGGER add_account_halts AFTER INSERT ON public.accounts FOR EACH ROW EXECUTE FUNCTION add_account_halts()
table public.alert_channels column address_digest bytea not null
table public.alert_channels column channel text not null
table public.alert_channels column proven_at timestamp with time zone
table public.alert_channels column refusal text
table public.alert_channels column refused_at timestamp with time zone
table public.alert_channels column user_id uuid not null
table public.alert_channels constraint alert_channels_address_digest_check CHECK ((octet_length(address_digest) = 32))
table public.alert_channels constraint alert_channels_channel_check CHECK ((channel = ANY (ARRAY['email'::text, 'telegram'::text])))
table public.alert_channels constraint alert_channels_check CHECK (((refused_at IS NULL) = (refusal IS NULL)))
table public.alert_channels constraint alert_channels_pkey PRIMARY KEY (user_id, channel)
table public.alert_channels constraint alert_channels_refusal_check CHECK ((length(refusal) <= 500))
table public.alert_channels constraint alert_channels_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth."user"(id) ON DELETE CASCADE
table public.alert_channels grant DELETE to bullpen_worker
table public.alert_channels grant INSERT to bullpen_worker
table public.alert_channels grant SELECT to bullpen_app
table public.alert_channels grant SELECT to bullpen_worker
table public.alert_channels grant UPDATE to bullpen_worker
table public.alert_channels policy tenant ALL to bullpen_app using (user_id = current_tenant()) check (user_id = current_tenant())
table public.alert_channels policy worker ALL to bullpen_worker using true check true
table public.alert_channels row security forced
table public.alert_deliveries column alert_id uuid not null
table public.alert_deliveries column attempts integer not null default 0
table public.alert_deliveries column channel text not null
table public.alert_deliveries column created_at timestamp with time zone not null default clock_timestamp()
table public.alert_deliveries column ended_at timestamp with time zone
table public.alert_deliveries column id uuid not null default gen_random_uuid()
table public.alert_deliveries column next_try_at timestamp with time zone not null default clock_timestamp()
table public.alert_deliveries column reason text
table public.alert_deliveries column state text not null default 'waiting'::text
table public.alert_deliveries column step smallint not null
table public.alert_deliveries column user_id uuid
table public.alert_deliveries column wakes integer not null default 0
table public.alert_deliveries column woken_at timestamp with time zone
table public.alert_deliveries constraint alert_deliveries_alert_id_fkey FOREIGN KEY (alert_id) REFERENCES alerts(id) ON DELETE CASCADE
table public.alert_deliveries constraint alert_deliveries_alert_id_user_id_channel_step_key UNIQUE NULLS NOT DISTINCT (alert_id, user_id, channel, step)
table public.alert_deliveries constraint alert_deliveries_attempts_check CHECK ((attempts >= 0))
table public.alert_deliveries constraint alert_deliveries_channel_check CHECK ((channel = ANY (ARRAY['email'::text, 'telegram'::text])))
table public.alert_deliveries constraint alert_deliveries_check CHECK (((state = 'waiting'::text) = (ended_at IS NULL)))
table public.alert_deliveries constraint alert_deliveries_check1 CHECK (((state <> ALL (ARRAY['refused'::text, 'given_up'::text])) OR (reason IS NOT NULL)))
table public.alert_deliveries constraint alert_deliveries_pkey PRIMARY KEY (id)
table public.alert_deliveries constraint alert_deliveries_reason_check CHECK ((length(reason) <= 500))
table public.alert_deliveries constraint alert_deliveries_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'sent'::text, 'refused'::text, 'given_up'::text])))
table public.alert_deliveries constraint alert_deliveries_step_check CHECK ((step >= 0))
table public.alert_deliveries constraint alert_deliveries_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth."user"(id) ON DELETE CASCADE
table public.alert_deliveries grant DELETE to bullpen_worker
table public.alert_deliveries grant INSERT to bullpen_worker
table public.alert_deliveries grant SELECT to bullpen_app
table public.alert_deliveries grant SELECT to bullpen_worker
table public.alert_deliveries grant UPDATE to bullpen_worker
table public.alert_deliveries index CREATE INDEX alert_deliveries_users ON public.alert_deliveries USING btree (user_id)
table public.alert_deliveries index CREATE INDEX alert_deliveries_waiting ON public.alert_deliveries USING btree (next_try_at) WHERE (state = 'waiting'::text)
table public.alert_deliveries policy tenant ALL to bullpen_app using (user_id = current_tenant()) check (user_id = current_tenant())
table public.alert_deliveries policy worker ALL to bullpen_worker using true check true
table public.alert_deliveries row security forced
table public.alert_settings column updated_at timestamp with time zone not null default now()
table public.alert_settings column user_id uuid not null
table public.alert_settings column wishes jsonb not null
table public.alert_settings constraint alert_settings_pkey PRIMARY KEY (user_id)
table public.alert_settings constraint alert_settings_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth."user"(id) ON DELETE CASCADE
table public.alert_settings constraint alert_settings_wishes_check CHECK ((jsonb_typeof(wishes) = 'object'::text))
table public.alert_settings grant INSERT to bullpen_app
table public.alert_settings grant SELECT to bullpen_app
table public.alert_settings grant SELECT to bullpen_worker
table public.alert_settings grant UPDATE to bullpen_app
table public.alert_settings policy tenant ALL to bullpen_app using (user_id = current_tenant()) check (user_id = current_tenant())
table public.alert_settings policy worker ALL to bullpen_worker using true check true
table public.alert_settings row security forced
table public.alerts column account_id uuid
table public.alerts column acknowledged_at timestamp with time zone
table public.alerts column acknowledged_by uuid
table public.alerts column advice text
table public.alerts column facts jsonb not null default '{}'::jsonb
table public.alerts column id uuid not null default gen_random_uuid()
table public.alerts column is_latest boolean not null default true
table public.alerts column kind text not null
table public.alerts column position_id uuid
table public.alerts column raised_at timestamp with time zone not null default clock_timestamp()
table public.alerts column repeated_at timestamp with time zone
table public.alerts column repeats integer not null default 0
table public.alerts column route_at timestamp with time zone default clock_timestamp()
table public.alerts column severity text not null
table public.alerts column subject text
table public.alerts column text text not null
table public.alerts column title text not null
table public.alerts column user_id uuid
table public.alerts constraint alerts_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE
table public.alerts constraint alerts_acknowledged_by_fkey FOREIGN KEY (acknowledged_by) REFERENCES auth."user"(id) ON DELETE SET NULL
table public.alerts constraint alerts_advice_check CHECK (((length(advice) >= 1) AND (length(advice) <= 1000)))
table public.alerts constraint alerts_check CHECK (((repeats = 0) = (repeated_at IS NULL)))
table public.alerts constraint alerts_check1 CHECK (((acknowledged_by IS NULL) OR (acknowledged_at IS NOT NULL)))
table public.alerts constraint alerts_facts_check CHECK ((jsonb_typeof(facts) = 'object'::text))
table public.alerts constraint alerts_kind_check CHECK ((kind ~ '^[a-z][a-z0-9-]{0,59}$'::text))
table public.alerts constraint alerts_pkey PRIMARY KEY (id)
table public.alerts constraint alerts_position_id_fkey FOREIGN KEY (position_id) REFERENCES positions(id) ON DELETE CASCADE
table public.alerts constraint alerts_repeats_check CHECK ((repeats >= 0))
table public.alerts constraint alerts_severity_check CHECK ((severity = ANY (ARRAY['critical'::text, 'warning'::text, 'trade'::text, 'info'::text])))
table public.alerts constraint alerts_subject_check CHECK ((length(subject) <= 200))
table public.alerts constraint alerts_text_check CHECK (((length(text) >= 1) AND (length(text) <= 2000)))
table public.alerts constraint alerts_title_check CHECK (((length(title) >= 1) AND (length(title) <= 200)))
table public.alerts constraint alerts_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth."user"(id) ON DELETE CASCADE
table public.alerts grant DELETE to bullpen_worker
table public.alerts grant INSERT to bullpen_app
table public.alerts grant INSERT to bullpen_worker
table public.alerts grant SELECT to bullpen_app
table public.alerts grant SELECT to bullpen_worker
table public.alerts grant UPDATE (acknowledged_at) to bullpen_app
table public.alerts grant UPDATE (acknowledged_by) to bullpen_app
table public.alerts grant UPDATE (is_latest) to bullpen_app
table public.alerts grant UPDATE (repeated_at) to bullpen_app
table public.alerts grant UPDATE (repeats) to bullpen_app
table public.alerts grant UPDATE (route_at) to bullpen_app
table public.alerts grant UPDATE to bullpen_worker
table public.alerts index CREATE INDEX alerts_accounts ON public.alerts USING btree (account_id) WHERE (account_id IS NOT NULL)
table public.alerts index CREATE INDEX alerts_positions ON public.alerts USING btree (position_id) WHERE (position_id IS NOT NULL)
table public.alerts index CREATE INDEX alerts_recent ON public.alerts USING btree (user_id, raised_at DESC, id DESC)
table public.alerts index CREATE INDEX alerts_to_route ON public.alerts USING btree (route_at) WHERE (route_at IS NOT NULL)
table public.alerts index CREATE UNIQUE INDEX alerts_latest ON public.alerts USING btree (kind, user_id, account_id, position_id, subject) NULLS NOT DISTINCT WHERE is_latest
table public.alerts index CREATE UNIQUE INDEX alerts_one_report ON public.alerts USING btree (user_id, kind, subject) WHERE (kind = ANY (ARRAY['daily-report'::text, 'monthly-summary'::text]))
table public.alerts policy operator ALL to bullpen_app using ((user_id IS NULL) AND (EXISTS ( SELECT
   FROM auth."user" admin
  WHERE ((admin.id = current_tenant()) AND (admin.role = 'admin'::text))))) check ((user_id IS NULL) AND (EXISTS ( SELECT
   FROM auth."user" admin
  WHERE ((admin.id = current_tenant()) AND (admin.role = 'admin'::text)))))
table public.alerts policy tenant ALL to bullpen_app using (user_id = current_tenant()) check (user_id = current_tenant())
table public.alerts policy worker ALL to bullpen_worker using true check true
table public.alerts row security forced
table public.api_keys column account_id uuid not null
table public.api_keys column checked_at timestamp with time zone
table public.api_keys column created_at timestamp with time zone not null default now()
table public.api_keys column exchange text not null
table public.api_keys column fingerprint text not null
table public.api_keys column permissions jsonb not null default '{}'::jsonb
table public.api_keys column sealed jsonb not null
table public.api_keys column user_id uuid not null
table public.api_keys constraint api_keys_account_id_user_id_fkey FOREIGN KEY (account_id, user_id) REFERENCES accounts(id, user_id) ON DELETE CASCADE
table public.api_keys constraint api_keys_exchange_fingerprint_key UNIQUE (exchange, fingerprint)
table public.api_keys constraint api_keys_pkey PRIMARY KEY (account_id)
table public.api_keys grant DELETE to bullpen_app
table public.api_keys grant DELETE to bullpen_worker
table public.api_keys grant INSERT to bullpen_app
table public.api_keys grant INSERT to bullpen_worker
table public.api_keys grant SELECT (account_id) to bullpen_app
table public.api_keys grant SELECT (checked_at) to bullpen_app
table public.api_keys grant SELECT (created_at) to bullpen_app
table public.api_keys grant SELECT (exchange) to bullpen_app
table public.api_keys grant SELECT (fingerprint) to bullpen_app
table public.api_keys grant SELECT (permissions) to bullpen_app
table public.api_keys grant SELECT (user_id) to bullpen_app
table public.api_keys grant SELECT to bullpen_worker
table public.api_keys grant UPDATE to bullpen_worker
table public.api_keys policy by_fingerprint SELECT to bullpen_app using (fingerprint = ANY (string_to_array(NULLIF(current_setting('app.key_fingerprints'::text, true), ''::text), ','::text)))
table public.api_keys policy tenant ALL to bullpen_app using (user_id = current_tenant()) check (user_id = current_tenant())
table public.api_keys policy worker ALL to bullpen_worker using true check true
table public.api_keys row security forced
table public.api_tokens column created_at timestamp with time zone not null default now()
table public.api_tokens column digest bytea not null
table public.api_tokens column expires_at timestamp with time zone not null
table public.api_tokens column hint text not null
table public.api_tokens column id uuid not null default gen_random_uuid()
table public.api_tokens column last_used_at timestamp with time zone
table public.api_tokens column name text not null
table public.api_tokens column revoked_at timestamp with time zone
table public.api_tokens column scopes text[] not null
table public.api_tokens column user_id uuid not null
table public.api_tokens constraint api_tokens_check CHECK ((expires_at > created_at))
table public.api_tokens constraint api_tokens_digest_check CHECK ((octet_length(digest) = 32))
table public.api_tokens constraint api_tokens_digest_key UNIQUE (digest)
table public.api_tokens constraint api_tokens_name_check CHECK (((length(name) >= 1) AND (length(name) <= 60)))
table public.api_tokens constraint api_tokens_pkey PRIMARY KEY (id)
table public.api_tokens constraint api_tokens_scopes_check CHECK (((cardinality(scopes) > 0) AND (scopes <@ ARRAY['read'::text, 'trade'::text, 'manage'::text, 'admin'::text])))
table public.api_tokens constraint api_tokens_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth."user"(id) ON DELETE CASCADE
table public.api_tokens grant INSERT to bullpen_app
table public.api_tokens grant SELECT to bullpen_app
table public.api_tokens grant UPDATE (last_used_at) to bullpen_app
table public.api_tokens grant UPDATE (revoked_at) to bullpen_app
table public.api_tokens index CREATE UNIQUE INDEX api_tokens_name ON public.api_tokens USING btree (user_id, name) WHERE (revoked_at IS NULL)
table public.api_tokens policy by_token SELECT to bullpen_app using (digest = decode(NULLIF(current_setting('app.token_digest'::text, true), ''::text), 'hex'::text))
table public.api_tokens policy tenant ALL to bullpen_app using (user_id = current_tenant()) check (user_id = current_tenant())
table public.api_tokens policy worker ALL to bullpen_worker using true check true
table public.api_tokens row security forced
table public.audit_log column action text not null
table public.audit_log column actor text not null
table public.audit_log column at timestamp with time zone not null default now()
table public.audit_log column details jsonb not null default '{}'::jsonb
table public.audit_log column id bigint not null identity
table public.audit_log column target text
table public.audit_log column user_id uuid
table public.audit_log constraint audit_log_pkey PRIMARY KEY (id)
table public.audit_log constraint audit_log_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth."user"(id) ON DELETE RESTRICT
table public.audit_log grant INSERT to bullpen_app
table public.audit_log grant INSERT to bullpen_worker
table public.audit_log grant SELECT to bullpen_app
table public.audit_log grant SELECT to bullpen_worker
table public.audit_log policy admin_add INSERT to bullpen_app check ( SELECT acts_for_all() AS acts_for_all)
table public.audit_log policy admin_read SELECT to bullpen_app using ( SELECT acts_for_all() AS acts_for_all)
table public.audit_log policy tenant_read SELECT to bullpen_app using (user_id = current_tenant())
table public.audit_log policy tenant_write INSERT to bullpen_app check (user_id = current_tenant())
table public.audit_log policy worker ALL to bullpen_worker using true check true
table public.audit_log row security forced
table public.backtests column advice text
table public.backtests column cancel_asked_at timestamp with time zone
table public.backtests column claimed_by text
table public.backtests column claims integer not null default 0
table public.backtests column created_at timestamp with time zone not null default clock_timestamp()
table public.backtests column curve jsonb
table public.backtests column doing text
table public.backtests column ended_at timestamp with time zone
table public.backtests column id uuid not null default gen_random_uuid()
table public.backtests column lease_until timestamp with time zone
table public.backtests column name text not null
table public.backtests column notes text[] not null default '{}'::text[]
table public.backtests column page bytea
table public.backtests column progress double precision not null default 0
table public.backtests column reason text
table public.backtests column started_at timestamp with time zone
table public.backtests column state text not null default 'queued'::text
table public.backtests column summary jsonb
table public.backtests column terms jsonb not null
table public.backtests column trades jsonb
table public.backtests column user_id uuid not null
table public.backtests constraint backtests_claims_check CHECK ((claims >= 0))
table public.backtests constraint backtests_done_whole CHECK (((state = 'done'::text) = ((summary IS NOT NULL) AND (curve IS NOT NULL) AND (trades IS NOT NULL) AND (page IS NOT NULL))))
table public.backtests constraint backtests_end_once CHECK (((state = ANY (ARRAY['done'::text, 'failed'::text, 'cancelled'::text])) = (ended_at IS NOT NULL)))
table public.backtests constraint backtests_fail_with_a_reason CHECK (((state = 'failed'::text) = (reason IS NOT NULL)))
table public.backtests constraint backtests_id_user_id_key UNIQUE (id, user_id)
table public.backtests constraint backtests_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100)))
table public.backtests constraint backtests_pkey PRIMARY KEY (id)
table public.backtests constraint backtests_progress_check CHECK (((progress >= (0)::double precision) AND (progress <= (1)::double precision)))
table public.backtests constraint backtests_run_by_somebody CHECK (((state = 'running'::text) = ((lease_until IS NOT NULL) AND (claimed_by IS NOT NULL))))
table public.backtests constraint backtests_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'running'::text, 'done'::text, 'failed'::text, 'cancelled'::text])))
table public.backtests constraint backtests_terms_check CHECK ((jsonb_typeof(terms) = 'object'::text))
table public.backtests constraint backtests_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth."user"(id) ON DELETE CASCADE
table public.backtests grant DELETE to bullpen_app
table public.backtests grant INSERT (name) to bullpen_app
table public.backtests grant INSERT (terms) to bullpen_app
table public.backtests grant INSERT (user_id) to bullpen_app
table public.backtests grant SELECT to bullpen_app
table public.backtests grant SELECT to bullpen_worker
table public.backtests grant UPDATE (cancel_asked_at) to bullpen_app
table public.backtests grant UPDATE (ended_at) to bullpen_app
table public.backtests grant UPDATE (state) to bullpen_app
table public.backtests grant UPDATE to bullpen_worker
table public.backtests index CREATE INDEX backtests_unfinished ON public.backtests USING btree (created_at) WHERE (state = ANY (ARRAY['queued'::text, 'running'::text]))
table public.backtests index CREATE INDEX backtests_user ON public.backtests USING btree (user_id, created_at DESC, id DESC)
table public.backtests policy tenant ALL to bullpen_app using (user_id = current_tenant()) check (user_id = current_tenant())
table public.backtests policy worker ALL to bullpen_worker using true check true
table public.backtests row security forced
table public.candles column close double precision not null
table public.candles column exchange text not null
table public.candles column high double precision not null
table public.candles column is_paper boolean not null
table public.candles column low double precision not null
table public.candles column market text not null
table public.candles column open double precision not null
table public.candles column open_time timestamp with time zone not null
table public.candles column symbol text not null
table public.candles column timeframe text not null
table public.candles column volume double precision not null
table public.candles constraint candles_pkey PRIMARY KEY (exchange, market, is_paper, symbol, timeframe, open_time)
table public.candles constraint candles_timeframe_check CHECK ((timeframe = ANY (ARRAY['5m'::text, '1h'::text])))
table public.candles grant DELETE to bullpen_worker
table public.candles grant INSERT to bullpen_worker
table public.candles grant SELECT to bullpen_app
table public.candles grant SELECT to bullpen_worker
table public.candles grant UPDATE to bullpen_worker
table public.candles index CREATE INDEX candles_age ON public.candles USING btree (timeframe, open_time)
table public.close_batches column advanced_at timestamp with time zone
table public.close_batches column alarmed_at timestamp with time zone
table public.close_batches column ended_at timestamp with time zone
table public.close_batches column flat_since timestamp with time zone
table public.close_batches column id uuid not null default gen_random_uuid()
table public.close_batches column key text not null
table public.close_batches column opened_at timestamp with time zone not null default clock_timestamp()
table public.close_batches column opened_by text not null
table public.close_batches column outcome text
table public.close_batches column position_ids uuid[] not null default '{}'::uuid[]
table public.close_batches column reason text
table public.close_batches column scope text not null
table public.close_batches column user_id uuid
table public.close_batches column waits_for text
table public.close_batches constraint close_batches_end_with_an_outcome CHECK (((ended_at IS NULL) = (outcome IS NULL)))
table public.close_batches constraint close_batches_pkey PRIMARY KEY (id)
table public.close_batches constraint close_batches_scope_key_fkey FOREIGN KEY (scope, key) REFERENCES halts(scope, key)
table public.close_batches constraint close_batches_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth."user"(id) ON DELETE RESTRICT
table public.close_batches grant INSERT to bullpen_app
table public.close_batches grant INSERT to bullpen_worker
table public.close_batches grant SELECT to bullpen_app
table public.close_batches grant SELECT to bullpen_worker
table public.close_batches grant UPDATE to bullpen_worker
table public.close_batches index CREATE UNIQUE INDEX close_batches_open ON public.close_batches USING btree (scope, key) WHERE (ended_at IS NULL)
table public.close_batches policy admin_add INSERT to bullpen_app check ( SELECT acts_for_all() AS acts_for_all)
table public.close_batches policy admin_read SELECT to bullpen_app using ( SELECT acts_for_all() AS acts_for_all)
table public.close_batches policy tenant_read SELECT to bullpen_app using ((current_tenant() IS NOT NULL) AND ((user_id IS NULL) OR (user_id = current_tenant())))
table public.close_batches policy tenant_write INSERT to bullpen_app check ((user_id = current_tenant()) AND (scope = ANY (ARRAY['user'::text, 'account'::text])))
table public.close_batches policy worker ALL to bullpen_worker using true check true
table public.close_batches row security forced
table public.close_requests column advanced_at timestamp with time zone
table public.close_requests column asked_at timestamp with time zone not null default clock_timestamp()
table public.close_requests column asked_by text not null
table public.close_requests column ended_at timestamp with time zone
table public.close_requests column id uuid not null default gen_random_uuid()
table public.close_requests column position_id uuid not null
table public.close_requests column user_id uuid not null
table public.close_requests column waits_for text
table public.close_requests constraint close_requests_pkey PRIMARY KEY (id)
table public.close_requests constraint close_requests_position_id_user_id_fkey FOREIGN KEY (position_id, user_id) REFERENCES positions(id, user_id)
table public.close_requests grant INSERT (asked_by) to bullpen_app
table public.close_requests grant INSERT (position_id) to bullpen_app
table public.close_requests grant INSERT (user_id) to bullpen_app
table public.close_requests grant SELECT to bullpen_app
table public.close_requests grant SELECT to bullpen_worker
table public.close_requests grant UPDATE to bullpen_worker
table public.close_requests index CREATE UNIQUE INDEX close_requests_open ON public.close_requests USING btree (position_id) WHERE (ended_at IS NULL)
table public.close_requests policy tenant ALL to bullpen_app using (user_id = current_tenant()) check (user_id = current_tenant())
table public.close_requests policy worker ALL to bullpen_worker using true check true
table public.close_requests row security forced
table public.decisions column account_id uuid not null
table public.decisions column action text not null
table public.decisions column created_at timestamp with time zone not null default clock_timestamp()
table public.decisions column id uuid not null default gen_random_uuid()
table public.decisions column market_at timestamp with time zone not null
table public.decisions column outcome text not null
table public.decisions column reasons jsonb not null
table public.decisions column signal_id uuid not null
table public.decisions column steps jsonb not null
table public.decisions column symbol text not null
table public.decisions column user_id uuid not null
table public.decisions constraint decisions_account_id_user_id_fkey FOREIGN KEY (account_id, user_id) REFERENCES accounts(id, user_id)
table public.decisions constraint decisions_outcome_check CHECK ((outcome = ANY (ARRAY['taken'::text, 'skipped'::text])))
table public.decisions constraint decisions_pkey PRIMARY KEY (id)
table public.decisions constraint decisions_reasons_check CHECK ((jsonb_typeof(reasons) = 'array'::text))
table public.decisions constraint decisions_signal_id_fkey FOREIGN KEY (signal_id) REFERENCES trading_signals(id)
table public.decisions constraint decisions_steps_check CHECK ((jsonb_typeof(steps) = 'array'::text))
table public.decisions grant DELETE to bullpen_worker
table public.decisions grant INSERT to bullpen_worker
table public.decisions grant SELECT to bullpen_app
table public.decisions grant SELECT to bullpen_worker
table public.decisions grant UPDATE to bullpen_worker
table public.decisions index CREATE INDEX decisions_latest ON public.decisions USING btree (account_id, signal_id, created_at DESC)
table public.decisions index CREATE INDEX decisions_recent ON public.decisions USING btree (user_id, created_at DESC)
table public.decisions index CREATE INDEX decisions_signal ON public.decisions USING btree (signal_id)
table public.decisions policy tenant ALL to bullpen_app using (user_id = current_tenant()) check (user_id = current_tenant())
table public.decisions policy worker ALL to bullpen_worker using true check true
table public.decisions row security forced
table public.entry_examples column account_id uuid not null
table public.entry_examples column at timestamp with time zone not null default now()
table public.entry_examples column input jsonb not null
table public.entry_examples column market_at timestamp with time zone not null
table public.entry_examples column user_id uuid not null
table public.entry_examples column was_sized boolean not null
table public.entry_examples constraint entry_examples_account_id_user_id_fkey FOREIGN KEY (account_id, user_id) REFERENCES accounts(id, user_id) ON DELETE CASCADE
table public.entry_examples constraint entry_examples_input_check CHECK ((jsonb_typeof(input) = 'object'::text))
table public.entry_examples constraint entry_examples_pkey PRIMARY KEY (account_id)
table public.entry_examples grant INSERT to bullpen_worker
table public.entry_examples grant SELECT to bullpen_app
table public.entry_examples grant SELECT to bullpen_worker
table public.entry_examples grant UPDATE to bullpen_worker
table public.entry_examples policy tenant ALL to bullpen_app using (user_id = current_tenant()) check (user_id = current_tenant())
table public.entry_examples policy worker ALL to bullpen_worker using true check true
table public.entry_examples row security forced
table public.equity_snapshots column account_id uuid not null
table public.equity_snapshots column at timestamp with time zone not null
table public.equity_snapshots column equity numeric not null
table public.equity_snapshots column exposure numeric not null
table public.equity_snapshots column free_quote numeric not null
table public.equity_snapshots column market_at timestamp with time zone not null
table public.equity_snapshots column open_pnl numeric not null
table public.equity_snapshots column user_id uuid not null
table public.equity_snapshots constraint equity_snapshots_account_id_user_id_fkey FOREIGN KEY (account_id, user_id) REFERENCES accounts(id, user_id) ON DELETE CASCADE
table public.equity_snapshots constraint equity_snapshots_pkey PRIMARY KEY (account_id, at)
table public.equity_snapshots grant DELETE to bullpen_worker
table public.equity_snapshots grant INSERT to bullpen_worker
table public.equity_snapshots grant SELECT to bullpen_app
table public.equity_snapshots grant SELECT to bullpen_worker
table public.equity_snapshots policy tenant ALL to bullpen_app using (user_id = current_tenant()) check (user_id = current_tenant())
table public.equity_snapshots policy worker ALL to bullpen_worker using true check true
table public.equity_snapshots row security forced
table public.fills column account_id uuid not null
table public.fills column cost numeric not null
table public.fills column fee numeric not null
table public.fills column fee_currency text not null
table public.fills column fee_price numeric not null
table public.fills column filled_at timestamp with time zone not null
table public.fills column is_maker boolean not null
table public.fills column order_id uuid not null
table public.fills column position_id uuid not null
table public.fills column price numeric not null
table public.fills column quantity numeric not null
table public.fills column realized_pnl numeric
table public.fills column recorded_at timestamp with time zone not null default now()
table public.fills column side text not null
table public.fills column symbol text not null
table public.fills column user_id uuid not null
table public.fills column venue_trade_id text not null
table public.fills constraint fills_account_id_user_id_fkey FOREIGN KEY (account_id, user_id) REFERENCES accounts(id, user_id)
table public.fills constraint fills_order_id_user_id_fkey FOREIGN KEY (order_id, user_id) REFERENCES orders(id, user_id)
table public.fills constraint fills_pkey PRIMARY KEY (account_id, symbol, venue_trade_id)
table public.fills constraint fills_position_id_user_id_fkey FOREIGN KEY (position_id, user_id) REFERENCES positions(id, user_id)
table public.fills constraint fills_price_check CHECK ((price > (0)::numeric))
table public.fills constraint fills_quantity_check CHECK ((quantity > (0)::numeric))
table public.fills constraint fills_side_check CHECK ((side = ANY (ARRAY['buy'::text, 'sell'::text])))
table public.fills grant INSERT to bullpen_worker
table public.fills grant SELECT to bullpen_app
table public.fills grant SELECT to bullpen_worker
table public.fills index CREATE INDEX fills_order ON public.fills USING btree (order_id)
table public.fills index CREATE INDEX fills_position ON public.fills USING btree (position_id)
table public.fills policy tenant ALL to bullpen_app using (user_id = current_tenant()) check (user_id = current_tenant())
table public.fills policy worker ALL to bullpen_worker using true check true
table public.fills row security forced
table public.halts column key text not null
table public.halts column mode text not null default 'none'::text
table public.halts column reason text
table public.halts column scope text not null
table public.halts column set_at timestamp with time zone not null default now()
table public.halts column set_by text
table public.halts column user_id uuid
table public.halts constraint halts_mode_check CHECK ((mode = ANY (ARRAY['none'::text, 'no_entries'::text, 'flatten'::text])))
table public.halts constraint halts_pkey PRIMARY KEY (scope, key)
table public.halts constraint halts_scope_check CHECK ((scope = ANY (ARRAY['global'::text, 'exchange'::text, 'user'::text, 'account'::text, 'symbol'::text])))
table public.halts constraint halts_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth."user"(id) ON DELETE CASCADE
table public.halts grant INSERT to bullpen_app
table public.halts grant INSERT to bullpen_worker
table public.halts grant SELECT to bullpen_app
table public.halts grant SELECT to bullpen_worker
table public.halts grant UPDATE to bullpen_app
table public.halts grant UPDATE to bullpen_worker
table public.halts policy admin_add INSERT to bullpen_app check ( SELECT acts_for_all() AS acts_for_all)
table public.halts policy admin_change UPDATE to bullpen_app using ( SELECT acts_for_all() AS acts_for_all) check ( SELECT acts_for_all() AS acts_for_all)
table public.halts policy admin_read SELECT to bullpen_app using ( SELECT acts_for_all() AS acts_for_all)
table public.halts policy tenant_read SELECT to bullpen_app using ((current_tenant() IS NOT NULL) AND ((user_id IS NULL) OR (user_id = current_tenant())))
table public.halts policy tenant_write UPDATE to bullpen_app using (user_id = current_tenant()) check (user_id = current_tenant())
table public.halts policy worker ALL to bullpen_worker using true check true
table public.halts row security
table public.halts trigger CREATE TRIGGER take_turn_on_halts BEFORE UPDATE ON public.halts FOR EACH STATEMENT EXECUTE FUNCTION take_turn_on_halts()
table public.idempotency_keys column answer text
table public.idempotency_keys column created_at timestamp with time zone not null default clock_timestamp()
table public.idempotency_keys column key text not null
table public.idempotency_keys column request_hash bytea not null
table public.idempotency_keys column status integer
table public.idempotency_keys column user_id uuid not null
table public.idempotency_keys constraint idempotency_keys_key_check CHECK (((length(key) >= 1) AND (length(key) <= 128)))
table public.idempotency_keys constraint idempotency_keys_pkey PRIMARY KEY (user_id, key)
table public.idempotency_keys constraint idempotency_keys_request_hash_check CHECK ((octet_length(request_hash) = 32))
table public.idempotency_keys constraint idempotency_keys_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth."user"(id) ON DELETE CASCADE
table public.idempotency_keys grant DELETE to bullpen_worker
table public.idempotency_keys grant INSERT to bullpen_app
table public.idempotency_keys grant SELECT to bullpen_app
table public.idempotency_keys grant SELECT to bullpen_worker
table public.idempotency_keys grant UPDATE to bullpen_app
table public.idempotency_keys index CREATE INDEX idempotency_keys_age ON public.idempotency_keys USING btree (created_at)
table public.idempotency_keys policy tenant ALL to bullpen_app using (user_id = current_tenant()) check (user_id = current_tenant())
table public.idempotency_keys policy worker ALL to bullpen_worker using true check true
table public.idempotency_keys row security forced
table public.key_nonces column account_id uuid not null
table public.key_nonces column last bigint not null
table public.key_nonces constraint key_nonces_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE
table public.key_nonces constraint key_nonces_pkey PRIMARY KEY (account_id)
table public.key_nonces grant DELETE to bullpen_worker
table public.key_nonces grant INSERT to bullpen_worker
table public.key_nonces grant SELECT to bullpen_worker
table public.key_nonces grant UPDATE to bullpen_worker
table public.ledger column account_id uuid not null
table public.ledger column amount numeric not null
table public.ledger column at timestamp with time zone not null default now()
table public.ledger column currency text not null
table public.ledger column id bigint not null identity
table public.ledger column kind text not null
table public.ledger column note text
table public.ledger column symbol text
table public.ledger column user_id uuid not null
table public.ledger column venue_trade_id text
table public.ledger constraint ledger_account_id_user_id_fkey FOREIGN KEY (account_id, user_id) REFERENCES accounts(id, user_id)
table public.ledger constraint ledger_kind_check CHECK ((kind = ANY (ARRAY['opening'::text, 'fill'::text, 'fee'::text, 'realized_pnl'::text, 'funding'::text, 'deposit'::text, 'withdrawal'::text, 'adjustment'::text, 'excess'::text])))
table public.ledger constraint ledger_pkey PRIMARY KEY (id)
table public.ledger grant INSERT to bullpen_worker
table public.ledger grant SELECT to bullpen_app
table public.ledger grant SELECT to bullpen_worker
table public.ledger index CREATE UNIQUE INDEX ledger_opening ON public.ledger USING btree (account_id, currency) WHERE (kind = 'opening'::text)
table public.ledger index CREATE UNIQUE INDEX ledger_per_fill ON public.ledger USING btree (account_id, symbol, venue_trade_id, kind, currency) WHERE (venue_trade_id IS NOT NULL)
table public.ledger policy tenant ALL to bullpen_app using (user_id = current_tenant()) check (user_id = current_tenant())
table public.ledger policy worker ALL to bullpen_worker using true check true
table public.ledger row security forced
table public.model_spending column day date not null
table public.model_spending column tokens bigint not null
table public.model_spending column usd numeric not null
table public.model_spending constraint model_spending_pkey PRIMARY KEY (day)
table public.model_spending constraint model_spending_tokens_check CHECK ((tokens >= 0))
table public.model_spending constraint model_spending_usd_check CHECK ((usd >= (0)::numeric))
table public.model_spending grant DELETE to bullpen_worker
table public.model_spending grant INSERT to bullpen_worker
table public.model_spending grant SELECT to bullpen_worker
table public.model_spending grant UPDATE to bullpen_worker
table public.monitor_shards column leased_until timestamp with time zone
table public.monitor_shards column missed_at timestamp with time zone
table public.monitor_shards column missed_ticks bigint not null default 0
table public.monitor_shards column shard integer not null
table public.monitor_shards column swept_at timestamp with time zone
table public.monitor_shards column worker_id text
table public.monitor_shards constraint monitor_shards_missed_ticks_check CHECK ((missed_ticks >= 0))
table public.monitor_shards constraint monitor_shards_pkey PRIMARY KEY (shard)
table public.monitor_shards constraint monitor_shards_shard_check CHECK ((shard >= 0))
table public.monitor_shards grant INSERT to bullpen_worker
table public.monitor_shards grant SELECT to bullpen_app
table public.monitor_shards grant SELECT to bullpen_worker
table public.monitor_shards grant UPDATE to bullpen_worker
table public.monitored_positions column best_price numeric not null
table public.monitored_positions column entry_price numeric not null
table public.monitored_positions column evaluated_at timestamp with time zone
table public.monitored_positions column is_active boolean not null default true
table public.monitored_positions column is_target_own boolean not null default false
table public.monitored_positions column last_price numeric
table public.monitored_positions column position_id uuid not null
table public.monitored_positions column reevaluated_at timestamp with time zone
table public.monitored_positions column rules jsonb not null
table public.monitored_positions column shard integer not null
table public.monitored_positions column stop_loss numeric
table public.monitored_positions column take_profit numeric
table public.monitored_positions column taken_levels smallint[] not null default '{}'::smallint[]
table public.monitored_positions column trailing_sl numeric
table public.monitored_positions column updated_at timestamp with time zone not null default now()
table public.monitored_positions column user_id uuid not null
table public.monitored_positions constraint monitored_positions_pkey PRIMARY KEY (position_id)
table public.monitored_positions constraint monitored_positions_position_id_user_id_fkey FOREIGN KEY (position_id, user_id) REFERENCES positions(id, user_id) ON DELETE CASCADE
table public.monitored_positions constraint monitored_positions_shard_check CHECK ((shard >= 0))
table public.monitored_positions grant INSERT to bullpen_worker
table public.monitored_positions grant SELECT to bullpen_app
table public.monitored_positions grant SELECT to bullpen_worker
table public.monitored_positions grant UPDATE (is_target_own) to bullpen_app
table public.monitored_positions grant UPDATE (stop_loss) to bullpen_app
table public.monitored_positions grant UPDATE (take_profit) to bullpen_app
table public.monitored_positions grant UPDATE (updated_at) to bullpen_app
table public.monitored_positions grant UPDATE to bullpen_worker
table public.monitored_positions index CREATE INDEX monitored_positions_shard ON public.monitored_positions USING btree (shard) WHERE is_active
table public.monitored_positions policy tenant ALL to bullpen_app using (user_id = current_tenant()) check (user_id = current_tenant())
table public.monitored_positions policy worker ALL to bullpen_worker using true check true
table public.monitored_positions row security forced
table public.monitored_positions trigger CREATE TRIGGER guard_stop BEFORE UPDATE OF stop_loss ON public.monitored_positions FOR EACH ROW WHEN (((CURRENT_USER = 'bullpen_app'::name) AND (old.stop_loss IS NOT NULL) AND (new.stop_loss IS DISTINCT FROM old.stop_loss))) EXECUTE FUNCTION guard_stop()
table public.order_events column actor text not null
table public.order_events column at timestamp with time zone not null default clock_timestamp()
table public.order_events column evidence jsonb not null default '{}'::jsonb
table public.order_events column from_state text
table public.order_events column id bigint not null identity
table public.order_events column order_id uuid not null
table public.order_events column to_state text not null
table public.order_events column user_id uuid not null
table public.order_events constraint events_know_their_states CHECK (((to_state = ANY (ARRAY['planned'::text, 'submitting'::text, 'open'::text, 'partially_filled'::text, 'filled'::text, 'canceling'::text, 'canceled'::text, 'rejected'::text, 'unknown'::text, 'not_at_venue'::text, 'abandoned'::text, 'manual'::text])) AND (from_state = ANY (ARRAY['planned'::text, 'submitting'::text, 'open'::text, 'partially_filled'::text, 'filled'::text, 'canceling'::text, 'canceled'::text, 'rejected'::text, 'unknown'::text, 'not_at_venue'::text, 'abandoned'::text, 'manual'::text]))))
table public.order_events constraint order_events_order_id_user_id_fkey FOREIGN KEY (order_id, user_id) REFERENCES orders(id, user_id)
table public.order_events constraint order_events_pkey PRIMARY KEY (id)
table public.order_events grant INSERT to bullpen_worker
table public.order_events grant SELECT to bullpen_app
table public.order_events grant SELECT to bullpen_worker
table public.order_events index CREATE INDEX order_events_order ON public.order_events USING btree (order_id, id)
table public.order_events policy tenant ALL to bullpen_app using (user_id = current_tenant()) check (user_id = current_tenant())
table public.order_events policy worker ALL to bullpen_worker using true check true
table public.order_events row security forced
table public.order_evidence column asked_at timestamp with time zone not null
table public.order_evidence column details jsonb not null default '{}'::jsonb
table public.order_evidence column found boolean not null
table public.order_evidence column id bigint not null identity
table public.order_evidence column kind text not null
table public.order_evidence column order_id uuid not null
table public.order_evidence column round integer not null
table public.order_evidence column server_time timestamp with time zone not null
table public.order_evidence column user_id uuid not null
table public.order_evidence constraint asked_once_a_round UNIQUE (order_id, round, kind)
table public.order_evidence constraint order_evidence_kind_check CHECK ((kind = ANY (ARRAY['by-id'::text, 'open-orders'::text, 'closed-orders'::text, 'fills'::text, 'balance-or-position'::text])))
table public.order_evidence constraint order_evidence_order_id_user_id_fkey FOREIGN KEY (order_id, user_id) REFERENCES orders(id, user_id)
table public.order_evidence constraint order_evidence_pkey PRIMARY KEY (id)
table public.order_evidence constraint order_evidence_round_check CHECK ((round >= 1))
table public.order_evidence grant INSERT to bullpen_worker
table public.order_evidence grant SELECT to bullpen_app
table public.order_evidence grant SELECT to bullpen_worker
table public.order_evidence policy tenant ALL to bullpen_app using (user_id = current_tenant()) check (user_id = current_tenant())
table public.order_evidence policy worker ALL to bullpen_worker using true check true
table public.order_evidence row security forced
table public.order_slots column id bigint not null identity
table public.order_slots column order_id uuid not null
table public.order_slots column position_id uuid not null
table public.order_slots column released_at timestamp with time zone
table public.order_slots column slot text not null
table public.order_slots column user_id uuid not null
table public.order_slots constraint order_slots_order_id_slot_key UNIQUE (order_id, slot)
table public.order_slots constraint order_slots_order_id_user_id_fkey FOREIGN KEY (order_id, user_id) REFERENCES orders(id, user_id)
table public.order_slots constraint order_slots_pkey PRIMARY KEY (id)
table public.order_slots constraint order_slots_position_id_user_id_fkey FOREIGN KEY (position_id, user_id) REFERENCES positions(id, user_id)
table public.order_slots constraint order_slots_slot_check CHECK ((slot ~ '^(entry|close|tp:[123]|stop:[0-9]+|reduce:[0-9]+)$'::text))
table public.order_slots grant INSERT to bullpen_worker
table public.order_slots grant SELECT to bullpen_app
table public.order_slots grant SELECT to bullpen_worker
table public.order_slots grant UPDATE to bullpen_worker
table public.order_slots index CREATE UNIQUE INDEX order_slots_live ON public.order_slots USING btree (position_id, slot) WHERE (released_at IS NULL)
table public.order_slots policy tenant ALL to bullpen_app using (user_id = current_tenant()) check (user_id = current_tenant())
table public.order_slots policy worker ALL to bullpen_worker using true check true
table public.order_slots row security forced
table public.orders column account_id uuid not null
table public.orders column advice text
table public.orders column asks integer not null default 0
table public.orders column attached_to text
table public.orders column attempt integer not null default 1
table public.orders column average_price numeric
table public.orders column became_venue_order_id text
table public.orders column cancel_requested_at timestamp with time zone
table public.orders column claimed_by text
table public.orders column client_order_id text not null
table public.orders column close_reason text
table public.orders column ended_at timestamp with time zone
table public.orders column exchange text not null
table public.orders column expires_at timestamp with time zone
table public.orders column failure_code text
table public.orders column failure_reason text
table public.orders column filled numeric not null default 0
table public.orders column id uuid not null default gen_random_uuid()
table public.orders column is_reduce_only boolean not null
table public.orders column lease_until timestamp with time zone
table public.orders column leverage numeric
table public.orders column on_timeout text
table public.orders column planned_at timestamp with time zone not null default now()
table public.orders column position_id uuid not null
table public.orders column price numeric
table public.orders column purpose text not null
table public.orders column quantity numeric not null
table public.orders column reference_price numeric not null
table public.orders column reserved numeric not null default 0
table public.orders column rests_until timestamp with time zone
table public.orders column sent_at timestamp with time zone
table public.orders column side text not null
table public.orders column silent_since timestamp with time zone
table public.orders column state text not null default 'planned'::text
table public.orders column stop_price numeric
table public.orders column symbol text not null
table public.orders column traceparent text
table public.orders column type text not null
table public.orders column unreached integer not null default 0
table public.orders column user_id uuid not null
table public.orders column venue_order_id text
table public.orders column wakes integer not null default 0
table public.orders column woken_at timestamp with time zone
table public.orders constraint exits_have_a_reason CHECK (((purpose = 'entry'::text) OR (close_reason IS NOT NULL)))
table public.orders constraint not_at_venue_is_empty CHECK (((state <> 'not_at_venue'::text) OR (filled = (0)::numeric)))
table public.orders constraint only_entries_carry_stops CHECK (((stop_price IS NULL) OR (type = 'stop_market'::text) OR (purpose = 'entry'::text)))
table public.orders constraint only_entries_expire CHECK (((purpose = 'entry'::text) OR (expires_at IS NULL)))
table public.orders constraint only_limits_time_out CHECK (((type = 'limit'::text) OR ((rests_until IS NULL) AND (on_timeout IS NULL))))
table public.orders constraint only_stops_are_attached CHECK (((attached_to IS NULL) OR (purpose = 'stop'::text)))
table public.orders constraint orders_account_id_client_order_id_key UNIQUE (account_id, client_order_id)
table public.orders constraint orders_account_id_user_id_fkey FOREIGN KEY (account_id, user_id) REFERENCES accounts(id, user_id)
table public.orders constraint orders_attempt_check CHECK ((attempt >= 1))
table public.orders constraint orders_check CHECK (((reserved >= (0)::numeric) AND (reserved <= quantity)))
table public.orders constraint orders_client_order_id_check CHECK ((client_order_id ~ '^[0-9a-f]{32}$'::text))
table public.orders constraint orders_filled_check CHECK ((filled >= (0)::numeric))
table public.orders constraint orders_id_user_id_key UNIQUE (id, user_id)
table public.orders constraint orders_leverage_check CHECK ((leverage >= (1)::numeric))
table public.orders constraint orders_on_timeout_check CHECK ((on_timeout = ANY (ARRAY['reprice'::text, 'skip'::text])))
table public.orders constraint orders_pkey PRIMARY KEY (id)
table public.orders constraint orders_position_id_user_id_fkey FOREIGN KEY (position_id, user_id) REFERENCES positions(id, user_id)
table public.orders constraint orders_price_check CHECK ((price > (0)::numeric))
table public.orders constraint orders_purpose_check CHECK ((purpose = ANY (ARRAY['entry'::text, 'exit'::text, 'stop'::text])))
table public.orders constraint orders_quantity_check CHECK ((quantity > (0)::numeric))
table public.orders constraint orders_reference_price_check CHECK ((reference_price > (0)::numeric))
table public.orders constraint orders_side_check CHECK ((side = ANY (ARRAY['buy'::text, 'sell'::text])))
table public.orders constraint orders_state_check CHECK ((state = ANY (ARRAY['planned'::text, 'submitting'::text, 'open'::text, 'partially_filled'::text, 'filled'::text, 'canceling'::text, 'canceled'::text, 'rejected'::text, 'unknown'::text, 'not_at_venue'::text, 'abandoned'::text, 'manual'::text])))
table public.orders constraint orders_stop_price_check CHECK ((stop_price > (0)::numeric))
table public.orders constraint orders_traceparent_check CHECK ((length(traceparent) = 55))
table public.orders constraint orders_type_check CHECK ((type = ANY (ARRAY['market'::text, 'limit'::text, 'stop_market'::text])))
table public.orders constraint orders_unreached_check CHECK ((unreached >= 0))
table public.orders constraint sent_before_anything_else CHECK (((state = ANY (ARRAY['planned'::text, 'abandoned'::text])) OR (sent_at IS NOT NULL)))
table public.orders constraint stops_are_attached_to_entries FOREIGN KEY (account_id, attached_to) REFERENCES orders(account_id, client_order_id)
table public.orders constraint stops_have_a_price CHECK (((type <> 'stop_market'::text) OR (stop_price IS NOT NULL)))
table public.orders grant INSERT to bullpen_worker
table public.orders grant SELECT to bullpen_app
table public.orders grant SELECT to bullpen_worker
table public.orders grant UPDATE to bullpen_worker
table public.orders index CREATE INDEX orders_account_planned ON public.orders USING btree (account_id, planned_at)
table public.orders index CREATE INDEX orders_exchange_sent ON public.orders USING btree (exchange, sent_at)
table public.orders index CREATE INDEX orders_living ON public.orders USING btree (state, planned_at) WHERE (state = ANY (ARRAY['planned'::text, 'submitting'::text, 'open'::text, 'partially_filled'::text, 'canceling'::text, 'unknown'::text]))
table public.orders index CREATE INDEX orders_position ON public.orders USING btree (position_id)
table public.orders index CREATE INDEX orders_to_cancel ON public.orders USING btree (cancel_requested_at) WHERE ((cancel_requested_at IS NOT NULL) AND (state = ANY (ARRAY['open'::text, 'partially_filled'::text, 'canceling'::text])))
table public.orders index CREATE INDEX orders_user ON public.orders USING btree (user_id, planned_at DESC)
table public.orders index CREATE UNIQUE INDEX orders_attached ON public.orders USING btree (account_id, attached_to) WHERE (attached_to IS NOT NULL)
table public.orders index CREATE UNIQUE INDEX orders_venue_id ON public.orders USING btree (account_id, symbol, venue_order_id) WHERE (venue_order_id IS NOT NULL)
table public.orders policy tenant ALL to bullpen_app using (user_id = current_tenant()) check (user_id = current_tenant())
table public.orders policy worker ALL to bullpen_worker using true check true
table public.orders row security forced
table public.orders trigger CREATE TRIGGER guard_absence BEFORE UPDATE ON public.orders FOR EACH ROW WHEN (((new.state = 'not_at_venue'::text) AND (old.state <> 'not_at_venue'::text))) EXECUTE FUNCTION guard_absence()
table public.orders trigger CREATE TRIGGER guard_late_truth BEFORE UPDATE ON public.orders FOR EACH ROW WHEN (((old.state = ANY (ARRAY['not_at_venue'::text, 'canceled'::text, 'rejected'::text, 'manual'::text])) AND (new.state = ANY (ARRAY['open'::text, 'partially_filled'::text, 'filled'::text])) AND (new.venue_order_id IS NULL))) EXECUTE FUNCTION guard_late_truth()
table public.orders trigger CREATE TRIGGER guard_order BEFORE UPDATE ON public.orders FOR EACH ROW EXECUTE FUNCTION guard_order()
table public.password_resets column created_at timestamp with time zone not null default now()
table public.password_resets column digest bytea not null
table public.password_resets column expires_at timestamp with time zone not null
table public.password_resets column id uuid not null default gen_random_uuid()
table public.password_resets column used_at timestamp with time zone
table public.password_resets column user_id uuid not null
table public.password_resets constraint password_resets_check CHECK ((expires_at > created_at))
table public.password_resets constraint password_resets_digest_check CHECK ((octet_length(digest) = 32))
table public.password_resets constraint password_resets_digest_key UNIQUE (digest)
table public.password_resets constraint password_resets_pkey PRIMARY KEY (id)
table public.password_resets constraint password_resets_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth."user"(id) ON DELETE CASCADE
table public.password_resets grant INSERT to bullpen_app
table public.password_resets grant INSERT to bullpen_worker
table public.password_resets grant SELECT to bullpen_app
table public.password_resets grant SELECT to bullpen_worker
table public.password_resets grant UPDATE (used_at) to bullpen_app
table public.password_resets grant UPDATE (used_at) to bullpen_worker
table public.password_resets policy by_token ALL to bullpen_app using (digest = decode(NULLIF(current_setting('app.token_digest'::text, true), ''::text), 'hex'::text))
table public.password_resets policy tenant ALL to bullpen_app using (user_id = current_tenant()) check (user_id = current_tenant())
table public.password_resets policy worker ALL to bullpen_worker using true check true
table public.password_resets row security forced
table public.position_reevaluations column action_taken text not null
table public.position_reevaluations column created_at timestamp with time zone not null default now()
table public.position_reevaluations column id uuid not null default gen_random_uuid()
table public.position_reevaluations column market_at timestamp with time zone not null
table public.position_reevaluations column new_sl numeric
table public.position_reevaluations column new_tp numeric
table public.position_reevaluations column old_sl numeric
table public.position_reevaluations column old_tp numeric
table public.position_reevaluations column position_id uuid not null
table public.position_reevaluations column reason text not null
table public.position_reevaluations column reevaluation_type text not null
table public.position_reevaluations column user_id uuid not null
table public.position_reevaluations constraint position_reevaluations_pkey PRIMARY KEY (id)
table public.position_reevaluations constraint position_reevaluations_position_id_user_id_fkey FOREIGN KEY (position_id, user_id) REFERENCES positions(id, user_id) ON DELETE CASCADE
table public.position_reevaluations grant INSERT to bullpen_app
table public.position_reevaluations grant INSERT to bullpen_worker
table public.position_reevaluations grant SELECT to bullpen_app
table public.position_reevaluations grant SELECT to bullpen_worker
table public.position_reevaluations grant UPDATE to bullpen_worker
table public.position_reevaluations index CREATE INDEX position_reevaluations_position ON public.position_reevaluations USING btree (position_id, market_at)
table public.position_reevaluations policy tenant ALL to bullpen_app using (user_id = current_tenant()) check (user_id = current_tenant())
table public.position_reevaluations policy worker ALL to bullpen_worker using true check true
table public.position_reevaluations row security forced
table public.positions column account_id uuid not null
table public.positions column close_reason text
table public.positions column closed_at timestamp with time zone
table public.positions column created_at timestamp with time zone not null default now()
table public.positions column decision_id uuid
table public.positions column entry_price numeric
table public.positions column id uuid not null default gen_random_uuid()
table public.positions column leverage numeric not null default 1
table public.positions column opened_at timestamp with time zone
table public.positions column qty_entered numeric not null default 0
table public.positions column qty_open numeric not null default 0
table public.positions column qty_reserved numeric not null default 0
table public.positions column rules jsonb not null default '{}'::jsonb
table public.positions column side text not null
table public.positions column signal_id uuid
table public.positions column source text not null
table public.positions column state text not null
table public.positions column stop_declined_at timestamp with time zone
table public.positions column stop_loss numeric
table public.positions column stop_plan integer not null default 0
table public.positions column stop_reached_at timestamp with time zone
table public.positions column stop_removed_at timestamp with time zone
table public.positions column symbol text not null
table public.positions column take_profit numeric
table public.positions column user_id uuid not null
table public.positions constraint closed_is_empty CHECK (((state <> ALL (ARRAY['closed'::text, 'void'::text])) OR (qty_open = (0)::numeric)))
table public.positions constraint nothing_oversold CHECK ((qty_reserved <= qty_open))
table public.positions constraint positions_account_id_signal_id_key UNIQUE (account_id, signal_id)
table public.positions constraint positions_account_id_user_id_fkey FOREIGN KEY (account_id, user_id) REFERENCES accounts(id, user_id)
table public.positions constraint positions_decision_id_fkey FOREIGN KEY (decision_id) REFERENCES decisions(id)
table public.positions constraint positions_entry_price_check CHECK ((entry_price > (0)::numeric))
table public.positions constraint positions_id_user_id_key UNIQUE (id, user_id)
table public.positions constraint positions_leverage_check CHECK ((leverage >= (1)::numeric))
table public.positions constraint positions_pkey PRIMARY KEY (id)
table public.positions constraint positions_qty_entered_check CHECK ((qty_entered >= (0)::numeric))
table public.positions constraint positions_qty_open_check CHECK ((qty_open >= (0)::numeric))
table public.positions constraint positions_qty_reserved_check CHECK ((qty_reserved >= (0)::numeric))
table public.positions constraint positions_rules_check CHECK ((jsonb_typeof(rules) = 'object'::text))
table public.positions constraint positions_side_check CHECK ((side = ANY (ARRAY['long'::text, 'short'::text])))
table public.positions constraint positions_signal_id_fkey FOREIGN KEY (signal_id) REFERENCES trading_signals(id)
table public.positions constraint positions_state_check CHECK ((state = ANY (ARRAY['opening'::text, 'open'::text, 'closing'::text, 'closed'::text, 'void'::text, 'stray'::text])))
table public.positions constraint positions_stop_loss_check CHECK ((stop_loss > (0)::numeric))
table public.positions constraint positions_stop_plan_check CHECK ((stop_plan >= 0))
table public.positions constraint positions_take_profit_check CHECK ((take_profit > (0)::numeric))
table public.positions grant INSERT to bullpen_worker
table public.positions grant SELECT to bullpen_app
table public.positions grant SELECT to bullpen_worker
table public.positions grant UPDATE to bullpen_worker
table public.positions index CREATE INDEX positions_signal ON public.positions USING btree (signal_id)
table public.positions index CREATE INDEX positions_user ON public.positions USING btree (user_id, created_at DESC)
table public.positions index CREATE UNIQUE INDEX positions_living ON public.positions USING btree (account_id, symbol) WHERE (state = ANY (ARRAY['opening'::text, 'open'::text, 'closing'::text]))
table public.positions policy tenant ALL to bullpen_app using (user_id = current_tenant()) check (user_id = current_tenant())
table public.positions policy worker ALL to bullpen_worker using true check true
table public.positions row security forced
table public.protection_gaps column began_at timestamp with time zone not null
table public.protection_gaps column ended_at timestamp with time zone
table public.protection_gaps column id uuid not null default gen_random_uuid()
table public.protection_gaps column kind text not null
table public.protection_gaps column position_id uuid not null
table public.protection_gaps column reason text not null
table public.protection_gaps column user_id uuid not null
table public.protection_gaps constraint protection_gaps_check CHECK ((ended_at >= began_at))
table public.protection_gaps constraint protection_gaps_kind_check CHECK ((kind = ANY (ARRAY['no_stop'::text, 'not_evaluated'::text, 'exit_unknown'::text])))
table public.protection_gaps constraint protection_gaps_pkey PRIMARY KEY (id)
table public.protection_gaps constraint protection_gaps_position_id_user_id_fkey FOREIGN KEY (position_id, user_id) REFERENCES positions(id, user_id)
table public.protection_gaps grant INSERT to bullpen_worker
table public.protection_gaps grant SELECT to bullpen_app
table public.protection_gaps grant SELECT to bullpen_worker
table public.protection_gaps grant UPDATE to bullpen_worker
table public.protection_gaps index CREATE INDEX protection_gaps_position ON public.protection_gaps USING btree (position_id, began_at)
table public.protection_gaps index CREATE UNIQUE INDEX protection_gaps_open ON public.protection_gaps USING btree (position_id) WHERE (ended_at IS NULL)
table public.protection_gaps policy tenant ALL to bullpen_app using (user_id = current_tenant()) check (user_id = current_tenant())
table public.protection_gaps policy worker ALL to bullpen_worker using true check true
table public.protection_gaps row security forced
table public.rate_limits column began_at timestamp with time zone not null
table public.rate_limits column count integer not null
table public.rate_limits column key text not null
table public.rate_limits constraint rate_limits_count_check CHECK ((count > 0))
table public.rate_limits constraint rate_limits_pkey PRIMARY KEY (key)
table public.rate_limits grant DELETE to bullpen_app
table public.rate_limits grant DELETE to bullpen_worker
table public.rate_limits grant INSERT to bullpen_app
table public.rate_limits grant SELECT (began_at) to bullpen_worker
table public.rate_limits grant SELECT (key) to bullpen_worker
table public.rate_limits grant SELECT to bullpen_app
table public.rate_limits grant UPDATE to bullpen_app
table public.risk_reservations column account_id uuid not null
table public.risk_reservations column created_at timestamp with time zone not null default now()
table public.risk_reservations column id uuid not null default gen_random_uuid()
table public.risk_reservations column margin numeric not null
table public.risk_reservations column notional numeric not null
table public.risk_reservations column position_id uuid not null
table public.risk_reservations column released_at timestamp with time zone
table public.risk_reservations column risk numeric not null
table public.risk_reservations column user_id uuid not null
table public.risk_reservations constraint risk_reservations_account_id_user_id_fkey FOREIGN KEY (account_id, user_id) REFERENCES accounts(id, user_id)
table public.risk_reservations constraint risk_reservations_margin_check CHECK ((margin >= (0)::numeric))
table public.risk_reservations constraint risk_reservations_notional_check CHECK ((notional >= (0)::numeric))
table public.risk_reservations constraint risk_reservations_pkey PRIMARY KEY (id)
table public.risk_reservations constraint risk_reservations_position_id_key UNIQUE (position_id)
table public.risk_reservations constraint risk_reservations_position_id_user_id_fkey FOREIGN KEY (position_id, user_id) REFERENCES positions(id, user_id)
table public.risk_reservations constraint risk_reservations_risk_check CHECK ((risk >= (0)::numeric))
table public.risk_reservations grant INSERT to bullpen_worker
table public.risk_reservations grant SELECT to bullpen_app
table public.risk_reservations grant SELECT to bullpen_worker
table public.risk_reservations grant UPDATE to bullpen_worker
table public.risk_reservations policy tenant ALL to bullpen_app using (user_id = current_tenant()) check (user_id = current_tenant())
table public.risk_reservations policy worker ALL to bullpen_worker using true check true
table public.risk_reservations row security forced
table public.sign_in_failures column failed_at timestamp with time zone not null
table public.sign_in_failures column failures integer not null
table public.sign_in_failures column key text not null
table public.sign_in_failures column locked_until timestamp with time zone not null
table public.sign_in_failures constraint sign_in_failures_failures_check CHECK ((failures > 0))
table public.sign_in_failures constraint sign_in_failures_pkey PRIMARY KEY (key)
table public.sign_in_failures grant DELETE to bullpen_app
table public.sign_in_failures grant DELETE to bullpen_worker
table public.sign_in_failures grant INSERT to bullpen_app
table public.sign_in_failures grant SELECT (key) to bullpen_worker
table public.sign_in_failures grant SELECT (locked_until) to bullpen_worker
table public.sign_in_failures grant SELECT to bullpen_app
table public.sign_in_failures grant UPDATE to bullpen_app
table public.signal_scores column created_at timestamp with time zone not null
table public.signal_scores column is_hit boolean not null
table public.signal_scores column move double precision not null
table public.signal_scores column scored_at timestamp with time zone not null
table public.signal_scores column signal_id uuid not null
table public.signal_scores column source text not null
table public.signal_scores column symbol text not null
table public.signal_scores constraint signal_scores_pkey PRIMARY KEY (signal_id)
table public.signal_scores constraint signal_scores_signal_id_fkey FOREIGN KEY (signal_id) REFERENCES trading_signals(id) ON DELETE CASCADE
table public.signal_scores grant DELETE to bullpen_worker
table public.signal_scores grant INSERT to bullpen_worker
table public.signal_scores grant SELECT to bullpen_app
table public.signal_scores grant SELECT to bullpen_worker
table public.signal_scores grant UPDATE to bullpen_worker
table public.signal_scores index CREATE INDEX signal_scores_source ON public.signal_scores USING btree (source, symbol, created_at DESC)
table public.source_health column answered_at timestamp with time zone
table public.source_health column failures integer not null default 0
table public.source_health column reason text
table public.source_health column retry_at timestamp with time zone
table public.source_health column source text not null
table public.source_health column updated_at timestamp with time zone not null default now()
table public.source_health constraint source_health_check CHECK (((failures = 0) = (reason IS NULL)))
table public.source_health constraint source_health_failures_check CHECK ((failures >= 0))
table public.source_health constraint source_health_pkey PRIMARY KEY (source)
table public.source_health grant DELETE to bullpen_worker
table public.source_health grant INSERT to bullpen_worker
table public.source_health grant SELECT to bullpen_app
table public.source_health grant SELECT to bullpen_worker
table public.source_health grant UPDATE to bullpen_worker
table public.strategies column loaded_at timestamp with time zone not null default now()
table public.strategies column parameters jsonb not null
table public.strategies column source text not null
table public.strategies column timeframe text not null
table public.strategies column warmup integer not null
table public.strategies constraint strategies_parameters_check CHECK ((jsonb_typeof(parameters) = 'array'::text))
table public.strategies constraint strategies_pkey PRIMARY KEY (source)
table public.strategies constraint strategies_source_check CHECK ((source ~~ 'strategy:%'::text))
table public.strategies constraint strategies_warmup_check CHECK ((warmup >= 0))
table public.strategies grant INSERT to bullpen_worker
table public.strategies grant SELECT to bullpen_app
table public.strategies grant SELECT to bullpen_worker
table public.strategies grant UPDATE to bullpen_worker
table public.telegram_codes column digest bytea not null
table public.telegram_codes column expires_at timestamp with time zone not null
table public.telegram_codes column used_at timestamp with time zone
table public.telegram_codes column user_id uuid not null
table public.telegram_codes constraint telegram_codes_digest_check CHECK ((octet_length(digest) = 32))
table public.telegram_codes constraint telegram_codes_pkey PRIMARY KEY (digest)
table public.telegram_codes constraint telegram_codes_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth."user"(id) ON DELETE CASCADE
table public.telegram_codes grant DELETE to bullpen_app
table public.telegram_codes grant DELETE to bullpen_worker
table public.telegram_codes grant INSERT to bullpen_app
table public.telegram_codes grant INSERT to bullpen_worker
table public.telegram_codes grant SELECT to bullpen_app
table public.telegram_codes grant SELECT to bullpen_worker
table public.telegram_codes grant UPDATE to bullpen_worker
table public.telegram_codes index CREATE INDEX telegram_codes_users ON public.telegram_codes USING btree (user_id)
table public.telegram_codes policy tenant ALL to bullpen_app using (user_id = current_tenant()) check (user_id = current_tenant())
table public.telegram_codes policy worker ALL to bullpen_worker using true check true
table public.telegram_codes row security forced
table public.telegram_links column chat_id bigint not null
table public.telegram_links column linked_at timestamp with time zone not null default now()
table public.telegram_links column name text not null
table public.telegram_links column user_id uuid not null
table public.telegram_links constraint telegram_links_chat_id_check CHECK ((chat_id > 0))
table public.telegram_links constraint telegram_links_chat_id_key UNIQUE (chat_id)
table public.telegram_links constraint telegram_links_name_check CHECK ((length(name) <= 100))
table public.telegram_links constraint telegram_links_pkey PRIMARY KEY (user_id)
table public.telegram_links constraint telegram_links_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth."user"(id) ON DELETE CASCADE
table public.telegram_links grant DELETE to bullpen_app
table public.telegram_links grant DELETE to bullpen_worker
table public.telegram_links grant INSERT to bullpen_worker
table public.telegram_links grant SELECT to bullpen_app
table public.telegram_links grant SELECT to bullpen_worker
table public.telegram_links grant UPDATE to bullpen_worker
table public.telegram_links policy tenant ALL to bullpen_app using (user_id = current_tenant()) check (user_id = current_tenant())
table public.telegram_links policy worker ALL to bullpen_worker using true check true
table public.telegram_links row security forced
table public.telegram_questions column action text not null
table public.telegram_questions column answered_at timestamp with time zone
table public.telegram_questions column chat_id bigint not null
table public.telegram_questions column expires_at timestamp with time zone not null
table public.telegram_questions column id uuid not null default gen_random_uuid()
table public.telegram_questions column target text
table public.telegram_questions column user_id uuid not null
table public.telegram_questions constraint telegram_questions_action_check CHECK ((action = ANY (ARRAY['close'::text, 'close-all'::text])))
table public.telegram_questions constraint telegram_questions_check CHECK (((action = 'close'::text) = (target IS NOT NULL)))
table public.telegram_questions constraint telegram_questions_pkey PRIMARY KEY (id)
table public.telegram_questions constraint telegram_questions_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth."user"(id) ON DELETE CASCADE
table public.telegram_questions grant DELETE to bullpen_worker
table public.telegram_questions grant INSERT to bullpen_worker
table public.telegram_questions grant SELECT to bullpen_app
table public.telegram_questions grant SELECT to bullpen_worker
table public.telegram_questions grant UPDATE to bullpen_worker
table public.telegram_questions index CREATE INDEX telegram_questions_users ON public.telegram_questions USING btree (user_id)
table public.telegram_questions policy tenant ALL to bullpen_app using (user_id = current_tenant()) check (user_id = current_tenant())
table public.telegram_questions policy worker ALL to bullpen_worker using true check true
table public.telegram_questions row security forced
table public.telegram_updates column taken_at timestamp with time zone not null default now()
table public.telegram_updates column update_id bigint not null
table public.telegram_updates constraint telegram_updates_pkey PRIMARY KEY (update_id)
table public.telegram_updates grant DELETE to bullpen_worker
table public.telegram_updates grant INSERT to bullpen_worker
table public.telegram_updates grant SELECT to bullpen_worker
table public.telegram_updates grant UPDATE to bullpen_worker
table public.trades column account_id uuid not null
table public.trades column close_reason text not null
table public.trades column closed_at timestamp with time zone not null
table public.trades column created_at timestamp with time zone not null default now()
table public.trades column entry_price numeric not null
table public.trades column exit_price numeric not null
table public.trades column fees numeric not null
table public.trades column funding numeric not null default 0
table public.trades column gross_pnl numeric not null
table public.trades column id uuid not null default gen_random_uuid()
table public.trades column opened_at timestamp with time zone not null
table public.trades column pnl numeric not null
table public.trades column position_id uuid not null
table public.trades column profit_ratio double precision not null
table public.trades column quantity numeric not null
table public.trades column side text not null
table public.trades column signal_id uuid
table public.trades column source text not null
table public.trades column stop_loss numeric
table public.trades column symbol text not null
table public.trades column take_profit numeric
table public.trades column user_id uuid not null
table public.trades constraint trades_account_id_user_id_fkey FOREIGN KEY (account_id, user_id) REFERENCES accounts(id, user_id)
table public.trades constraint trades_pkey PRIMARY KEY (id)
table public.trades constraint trades_position_id_key UNIQUE (position_id)
table public.trades constraint trades_position_id_user_id_fkey FOREIGN KEY (position_id, user_id) REFERENCES positions(id, user_id)
table public.trades constraint trades_side_check CHECK ((side = ANY (ARRAY['long'::text, 'short'::text])))
table public.trades constraint trades_signal_id_fkey FOREIGN KEY (signal_id) REFERENCES trading_signals(id)
table public.trades grant INSERT to bullpen_worker
table public.trades grant SELECT to bullpen_app
table public.trades grant SELECT to bullpen_worker
table public.trades grant UPDATE to bullpen_worker
table public.trades index CREATE INDEX trades_account ON public.trades USING btree (account_id, closed_at DESC)
table public.trades index CREATE INDEX trades_signal ON public.trades USING btree (signal_id)
table public.trades index CREATE INDEX trades_user ON public.trades USING btree (user_id, closed_at DESC, id DESC)
table public.trades policy tenant ALL to bullpen_app using (user_id = current_tenant()) check (user_id = current_tenant())
table public.trades policy worker ALL to bullpen_worker using true check true
table public.trades row security forced
table public.trading_settings column account_id uuid
table public.trading_settings column id uuid not null default gen_random_uuid()
table public.trading_settings column settings jsonb not null default '{}'::jsonb
table public.trading_settings column updated_at timestamp with time zone not null default now()
table public.trading_settings column user_id uuid not null
table public.trading_settings column version integer not null default 1
table public.trading_settings constraint trading_settings_account_id_user_id_fkey FOREIGN KEY (account_id, user_id) REFERENCES accounts(id, user_id) ON DELETE CASCADE
table public.trading_settings constraint trading_settings_pkey PRIMARY KEY (id)
table public.trading_settings constraint trading_settings_settings_check CHECK ((jsonb_typeof(settings) = 'object'::text))
table public.trading_settings constraint trading_settings_user_id_account_id_key UNIQUE NULLS NOT DISTINCT (user_id, account_id)
table public.trading_settings constraint trading_settings_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth."user"(id) ON DELETE CASCADE
table public.trading_settings constraint trading_settings_version_check CHECK ((version > 0))
table public.trading_settings grant INSERT to bullpen_app
table public.trading_settings grant INSERT to bullpen_worker
table public.trading_settings grant SELECT to bullpen_app
table public.trading_settings grant SELECT to bullpen_worker
table public.trading_settings grant UPDATE to bullpen_app
table public.trading_settings grant UPDATE to bullpen_worker
table public.trading_settings policy tenant ALL to bullpen_app using (user_id = current_tenant()) check (user_id = current_tenant())
table public.trading_settings policy worker ALL to bullpen_worker using true check true
table public.trading_settings row security forced
table public.trading_signals column action text not null
table public.trading_signals column confidence double precision not null
table public.trading_signals column created_at timestamp with time zone not null
table public.trading_signals column details jsonb not null default '{}'::jsonb
table public.trading_signals column ended_at timestamp with time zone
table public.trading_signals column expires_at timestamp with time zone not null
table public.trading_signals column first_confidence double precision
table public.trading_signals column id uuid not null default gen_random_uuid()
table public.trading_signals column price numeric not null
table public.trading_signals column reasoning text not null default ''::text
table public.trading_signals column recorded_at timestamp with time zone not null default now()
table public.trading_signals column renewed_at timestamp with time zone not null
table public.trading_signals column source text not null
table public.trading_signals column stop_loss numeric
table public.trading_signals column symbol text not null
table public.trading_signals column take_profit numeric
table public.trading_signals column traceparent text
table public.trading_signals column user_id uuid
table public.trading_signals constraint trading_signals_action_check CHECK ((action = ANY (ARRAY['BUY'::text, 'SELL'::text, 'HOLD'::text])))
table public.trading_signals constraint trading_signals_check CHECK ((expires_at > created_at))
table public.trading_signals constraint trading_signals_confidence_check CHECK (((confidence >= (0)::double precision) AND (confidence <= (1)::double precision)))
table public.trading_signals constraint trading_signals_first_confidence_check CHECK (((first_confidence >= (0)::double precision) AND (first_confidence <= (1)::double precision)))
table public.trading_signals constraint trading_signals_pkey PRIMARY KEY (id)
table public.trading_signals constraint trading_signals_price_check CHECK ((price > (0)::numeric))
table public.trading_signals constraint trading_signals_source_check CHECK ((source <> ALL (ARRAY['ai-scheduler'::text, 'ai-trading-signals'::text, 'titan_v2'::text, 'manual'::text])))
table public.trading_signals constraint trading_signals_stop_loss_check CHECK ((stop_loss > (0)::numeric))
table public.trading_signals constraint trading_signals_symbol_check CHECK ((symbol ~ '^[A-Z0-9]+/[A-Z0-9]+$'::text))
table public.trading_signals constraint trading_signals_take_profit_check CHECK ((take_profit > (0)::numeric))
table public.trading_signals constraint trading_signals_traceparent_check CHECK ((length(traceparent) = 55))
table public.trading_signals constraint trading_signals_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth."user"(id) ON DELETE CASCADE
table public.trading_signals grant DELETE to bullpen_worker
table public.trading_signals grant INSERT to bullpen_app
table public.trading_signals grant INSERT to bullpen_worker
table public.trading_signals grant SELECT to bullpen_app
table public.trading_signals grant SELECT to bullpen_worker
table public.trading_signals grant UPDATE to bullpen_worker
table public.trading_signals index CREATE INDEX trading_signals_created ON public.trading_signals USING btree (created_at DESC)
table public.trading_signals index CREATE UNIQUE INDEX trading_signals_live ON public.trading_signals USING btree (source, symbol, user_id) NULLS NOT DISTINCT WHERE (ended_at IS NULL)
table public.trading_signals policy tenant_read SELECT to bullpen_app using ((current_tenant() IS NOT NULL) AND ((user_id IS NULL) OR (user_id = current_tenant())))
table public.trading_signals policy tenant_write INSERT to bullpen_app check (user_id = current_tenant())
table public.trading_signals policy worker ALL to bullpen_worker using true check true
table public.trading_signals row security forced
table public.user_invitations column accepted_at timestamp with time zone
table public.user_invitations column accepted_by uuid
table public.user_invitations column created_at timestamp with time zone not null default now()
table public.user_invitations column digest bytea not null
table public.user_invitations column email text not null
table public.user_invitations column expires_at timestamp with time zone not null
table public.user_invitations column id uuid not null default gen_random_uuid()
table public.user_invitations column invited_by uuid
table public.user_invitations column revoked_at timestamp with time zone
table public.user_invitations column role text not null
table public.user_invitations constraint user_invitations_accepted_by_fkey FOREIGN KEY (accepted_by) REFERENCES auth."user"(id) ON DELETE SET NULL
table public.user_invitations constraint user_invitations_check CHECK ((expires_at > created_at))
table public.user_invitations constraint user_invitations_check1 CHECK (((accepted_at IS NULL) OR (revoked_at IS NULL)))
table public.user_invitations constraint user_invitations_digest_check CHECK ((octet_length(digest) = 32))
table public.user_invitations constraint user_invitations_digest_key UNIQUE (digest)
table public.user_invitations constraint user_invitations_email_check CHECK ((email = lower(email)))
table public.user_invitations constraint user_invitations_invited_by_fkey FOREIGN KEY (invited_by) REFERENCES auth."user"(id) ON DELETE SET NULL
table public.user_invitations constraint user_invitations_pkey PRIMARY KEY (id)
table public.user_invitations constraint user_invitations_role_check CHECK ((role = ANY (ARRAY['user'::text, 'admin'::text])))
table public.user_invitations grant INSERT to bullpen_app
table public.user_invitations grant SELECT to bullpen_app
table public.user_invitations grant UPDATE (accepted_at) to bullpen_app
table public.user_invitations grant UPDATE (accepted_by) to bullpen_app
table public.user_invitations grant UPDATE (revoked_at) to bullpen_app
table public.user_invitations index CREATE UNIQUE INDEX user_invitations_pending ON public.user_invitations USING btree (email) WHERE ((accepted_at IS NULL) AND (revoked_at IS NULL))
table public.user_invitations policy admin ALL to bullpen_app using acts_as_admin() check acts_as_admin()
table public.user_invitations policy by_token ALL to bullpen_app using (digest = decode(NULLIF(current_setting('app.token_digest'::text, true), ''::text), 'hex'::text))
table public.user_invitations row security forced
table public.venue_allowances column account_id text not null default ''::text
table public.venue_allowances column at timestamp with time zone not null
table public.venue_allowances column level double precision not null
table public.venue_allowances column name text not null
table public.venue_allowances column place text not null
table public.venue_allowances constraint venue_allowances_pkey PRIMARY KEY (place, name, account_id)
table public.venue_allowances grant DELETE to bullpen_worker
table public.venue_allowances grant INSERT to bullpen_worker
table public.venue_allowances grant SELECT to bullpen_app
table public.venue_allowances grant SELECT to bullpen_worker
table public.venue_allowances grant UPDATE to bullpen_worker
table public.venue_budgets column account_id text not null default ''::text
table public.venue_budgets column paused_until timestamp with time zone not null
table public.venue_budgets column place text not null
table public.venue_budgets column reason text not null
table public.venue_budgets constraint venue_budgets_pkey PRIMARY KEY (place, account_id)
table public.venue_budgets grant DELETE to bullpen_worker
table public.venue_budgets grant INSERT to bullpen_worker
table public.venue_budgets grant SELECT to bullpen_app
table public.venue_budgets grant SELECT to bullpen_worker
table public.venue_budgets grant UPDATE to bullpen_worker
table public.webhook_deliveries column body text not null
table public.webhook_deliveries column digest bytea not null
table public.webhook_deliveries column handled_at timestamp with time zone
table public.webhook_deliveries column id uuid not null default gen_random_uuid()
table public.webhook_deliveries column key text
table public.webhook_deliveries column reason text
table public.webhook_deliveries column received_at timestamp with time zone not null default now()
table public.webhook_deliveries column signal_id uuid
table public.webhook_deliveries column state text not null
table public.webhook_deliveries column user_id uuid not null
table public.webhook_deliveries column webhook_id uuid not null
table public.webhook_deliveries column wish jsonb
table public.webhook_deliveries constraint webhook_deliveries_body_check CHECK ((length(body) <= 2000))
table public.webhook_deliveries constraint webhook_deliveries_check CHECK (((state = 'received'::text) = (handled_at IS NULL)))
table public.webhook_deliveries constraint webhook_deliveries_check1 CHECK (((state <> 'received'::text) OR ((wish IS NOT NULL) AND (key IS NOT NULL))))
table public.webhook_deliveries constraint webhook_deliveries_check2 CHECK (((state = 'refused'::text) = (reason IS NOT NULL)))
table public.webhook_deliveries constraint webhook_deliveries_digest_check CHECK ((octet_length(digest) = 32))
table public.webhook_deliveries constraint webhook_deliveries_pkey PRIMARY KEY (id)
table public.webhook_deliveries constraint webhook_deliveries_signal_id_fkey FOREIGN KEY (signal_id) REFERENCES trading_signals(id) ON DELETE SET NULL
table public.webhook_deliveries constraint webhook_deliveries_state_check CHECK ((state = ANY (ARRAY['received'::text, 'taken'::text, 'refused'::text])))
table public.webhook_deliveries constraint webhook_deliveries_webhook_id_user_id_fkey FOREIGN KEY (webhook_id, user_id) REFERENCES webhooks(id, user_id) ON DELETE CASCADE
table public.webhook_deliveries grant DELETE to bullpen_app
table public.webhook_deliveries grant DELETE to bullpen_worker
table public.webhook_deliveries grant INSERT to bullpen_app
table public.webhook_deliveries grant SELECT to bullpen_app
table public.webhook_deliveries grant SELECT to bullpen_worker
table public.webhook_deliveries grant UPDATE to bullpen_worker
table public.webhook_deliveries index CREATE INDEX webhook_deliveries_recent ON public.webhook_deliveries USING btree (user_id, received_at DESC, id DESC)
table public.webhook_deliveries index CREATE INDEX webhook_deliveries_signal ON public.webhook_deliveries USING btree (signal_id) WHERE (signal_id IS NOT NULL)
table public.webhook_deliveries index CREATE INDEX webhook_deliveries_waiting ON public.webhook_deliveries USING btree (received_at) WHERE (state = 'received'::text)
table public.webhook_deliveries index CREATE UNIQUE INDEX webhook_deliveries_once ON public.webhook_deliveries USING btree (webhook_id, key)
table public.webhook_deliveries policy tenant ALL to bullpen_app using (user_id = current_tenant()) check (user_id = current_tenant())
table public.webhook_deliveries policy worker ALL to bullpen_worker using true check true
table public.webhook_deliveries row security forced
table public.webhooks column created_at timestamp with time zone not null default now()
table public.webhooks column id uuid not null default gen_random_uuid()
table public.webhooks column is_for_everyone boolean not null default false
table public.webhooks column is_signed boolean not null
table public.webhooks column kind text not null
table public.webhooks column name text not null
table public.webhooks column removed_at timestamp with time zone
table public.webhooks column token_digest bytea not null
table public.webhooks column user_id uuid not null
table public.webhooks constraint webhooks_check CHECK (((kind <> 'tradingview'::text) OR (NOT is_signed)))
table public.webhooks constraint webhooks_id_user_id_key UNIQUE (id, user_id)
table public.webhooks constraint webhooks_kind_check CHECK ((kind = ANY (ARRAY['tradingview'::text, 'generic'::text])))
table public.webhooks constraint webhooks_name_check CHECK ((name ~ '^[a-z0-9][a-z0-9-]{0,30}$'::text))
table public.webhooks constraint webhooks_pkey PRIMARY KEY (id)
table public.webhooks constraint webhooks_token_digest_check CHECK ((octet_length(token_digest) = 32))
table public.webhooks constraint webhooks_token_digest_key UNIQUE (token_digest)
table public.webhooks constraint webhooks_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth."user"(id) ON DELETE CASCADE
table public.webhooks grant INSERT to bullpen_app
table public.webhooks grant SELECT to bullpen_app
table public.webhooks grant SELECT to bullpen_worker
table public.webhooks grant UPDATE to bullpen_app
table public.webhooks index CREATE UNIQUE INDEX webhooks_name ON public.webhooks USING btree (user_id, name) WHERE (removed_at IS NULL)
table public.webhooks policy by_token SELECT to bullpen_app using (token_digest = decode(NULLIF(current_setting('app.token_digest'::text, true), ''::text), 'hex'::text))
table public.webhooks policy tenant ALL to bullpen_app using (user_id = current_tenant()) check (user_id = current_tenant())
table public.webhooks policy worker ALL to bullpen_worker using true check true
table public.webhooks row security forced
table public.workers column address text
table public.workers column build text
table public.workers column has_lifeline boolean not null default false
table public.workers column heartbeat_at timestamp with time zone not null default now()
table public.workers column host text not null
table public.workers column id text not null
table public.workers column leave_asked_at timestamp with time zone
table public.workers column leave_reason text
table public.workers column loop_lag_ms double precision
table public.workers column pid integer not null
table public.workers column queues text[] not null default '{}'::text[]
table public.workers column role text not null
table public.workers column rss_bytes bigint
table public.workers column schema text
table public.workers column silence_told_at timestamp with time zone
table public.workers column started_at timestamp with time zone not null default now()
table public.workers column stopped_at timestamp with time zone
table public.workers column version text not null
table public.workers constraint workers_leave_check CHECK (((leave_asked_at IS NULL) = (leave_reason IS NULL)))
table public.workers constraint workers_pkey PRIMARY KEY (id)
table public.workers grant DELETE to bullpen_worker
table public.workers grant INSERT to bullpen_worker
table public.workers grant SELECT to bullpen_app
table public.workers grant SELECT to bullpen_worker
table public.workers grant UPDATE to bullpen_worker
