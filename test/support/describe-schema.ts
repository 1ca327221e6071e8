/** The migrated database as readable SQL: what a reviewer of a migration compares. Ordered by name, so that it only changes when the schema does. */
import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../../src/db/connect.ts'

const header = `-- Vieta's schema after all migrations. Written by \`npm run schema\`, never by hand; a test holds it to the migrations.
-- Read it as one picture; to change it, add a file to sql/migrations.
`

export async function describeSchema(db: Db): Promise<string> {
  const parts = [
    await lines(db, extensions, 'extensions'),
    await lines(db, domains, 'domains'),
    ...(await describeTables(db)),
    await lines(db, views, 'views'),
    await lines(db, functions, 'functions'),
    await lines(db, triggers, 'triggers'),
    await lines(db, policies, 'row level security'),
    await lines(db, grants, 'what vieta_app may do'),
  ]
  return `${header}\n${parts.filter((part) => part !== '').join('\n\n')}\n`
}

async function lines(db: Db, query: RawBuilder<{ line: string }>, title: string): Promise<string> {
  const { rows } = await query.execute(db)
  return rows.length === 0 ? '' : `-- ${title}\n${rows.map((row) => row.line).join('\n')}`
}

const extensions = sql<{ line: string }>`
  select format('create extension %I;', extname) as line from pg_extension where extname <> 'plpgsql' order by extname`

const domains = sql<{ line: string }>`
  select format('create domain %I as %s%s;', t.typname, format_type(t.typbasetype, t.typtypmod),
    coalesce((select string_agg(format(' constraint %I %s', c.conname, pg_get_constraintdef(c.oid)), '' order by c.conname)
              from pg_constraint c where c.contypid = t.oid), '')) as line
  from pg_type t join pg_namespace n on n.oid = t.typnamespace
  where n.nspname = 'public' and t.typtype = 'd' order by t.typname collate "C"`

async function describeTables(db: Db): Promise<string[]> {
  const columns = await sql<{ table_name: string; line: string }>`
    select c.relname as table_name,
      format('  %s %s%s%s', rpad(quote_ident(a.attname), 20), format_type(a.atttypid, a.atttypmod),
        case when a.attnotnull then ' not null' else '' end,
        case when a.attgenerated = 's' then format(' generated always as (%s) stored', pg_get_expr(d.adbin, d.adrelid))
             when d.adbin is not null then ' default ' || pg_get_expr(d.adbin, d.adrelid) else '' end) as line
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
    where n.nspname = 'public' and c.relkind in ('r', 'p') order by c.relname collate "C", a.attnum`.execute(db)
  const constraints = await sql<{ table_name: string; line: string }>`
    select c.relname as table_name, format('  constraint %I %s', k.conname, pg_get_constraintdef(k.oid)) as line
    from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and k.contype <> 'n'
    order by c.relname collate "C", array_position(array['p', 'u', 'f', 'c', 'x'], k.contype::text), k.conname collate "C"`.execute(
    db,
  )
  const indexes = await sql<{ table_name: string; line: string }>`
    select c.relname as table_name, replace(pg_get_indexdef(i.indexrelid), ' public.', ' ') || ';' as line
    from pg_index i join pg_class c on c.oid = i.indrelid join pg_class x on x.oid = i.indexrelid
    join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and not exists (select from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))
    order by c.relname collate "C", x.relname collate "C"`.execute(db)
  const linesOf = (rows: { table_name: string; line: string }[], table: string) =>
    rows.filter((row) => row.table_name === table).map((row) => row.line)
  return [...new Set(columns.rows.map((row) => row.table_name))].map((table) => {
    const inside = [...linesOf(columns.rows, table), ...linesOf(constraints.rows, table)]
    return [`create table ${table} (\n${inside.join(',\n')}\n);`, ...linesOf(indexes.rows, table)].join('\n')
  })
}

const views = sql<{ line: string }>`
  select format(e'create %sview %I as\n%s', case c.relkind when 'm' then 'materialized ' else '' end, c.relname, pg_get_viewdef(c.oid)) as line
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = 'public' and c.relkind in ('v', 'm') order by c.relname collate "C"`

const functions = sql<{ line: string }>`
  select replace(pg_get_functiondef(p.oid), ' public.', ' ') || ';' as line
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace
  where n.nspname = 'public' and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
  order by p.proname collate "C", pg_get_function_identity_arguments(p.oid)`

const triggers = sql<{ line: string }>`
  select replace(pg_get_triggerdef(t.oid), ' public.', ' ') || ';' as line
  from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = 'public' and not t.tgisinternal order by c.relname collate "C", t.tgname collate "C"`

const policies = sql<{ line: string }>`
  select line from (
    select c.relname, '' as name, format('alter table %I enable row level security;', c.relname) as line
    from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public' and c.relrowsecurity
    union all
    select p.tablename, p.policyname, format('create policy %I on %I for %s%s%s;', p.policyname, p.tablename, lower(p.cmd),
      coalesce(e'\n  using (' || p.qual || ')', ''), coalesce(e'\n  with check (' || p.with_check || ')', ''))
    from pg_policies p where p.schemaname = 'public'
  ) as described order by relname collate "C", name collate "C", line collate "C"`

const grants = sql<{ line: string }>`
  select format('grant %s on %I to vieta_app;', string_agg(lower(privilege_type), ', ' order by privilege_type collate "C"), table_name) as line
  from information_schema.role_table_grants where grantee = 'vieta_app' and table_schema = 'public'
  group by table_name order by table_name collate "C"`
