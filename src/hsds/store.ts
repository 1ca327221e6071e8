/** What the public catalogue holds, read as anybody: nothing here is of a resident, a buyer or a stay. */
import { type RawBuilder, sql } from 'kysely'
import type { Db, Tx } from '../db/connect.ts'
import { refuse } from '../refusal.ts'
import type { OrganisationRow, ServiceRow, TaxonomyRow, TermRow } from './records.ts'

/** What may be asked of services; all of it holds at once. */
export interface ServiceFilter {
  /** parts of words, see `searchWords` of the catalogue */
  words: string[]
  taxonomy_term_id: string | null
  taxonomy_id: string | null
  organization_id: string | null
  /** an instant; then offers withdrawn since are given too, so that a copy learns of them */
  modified_after: string | null
  postcode: string | null
  /** only offers with an address or a locality */
  with_place: boolean
}

/** A page by number, or from after an id where all of it is read piece by piece. */
export type Piece = { limit: number; offset: number } | { limit: number; after: string | null }

/** What has no id of its own gets one from its name: always the same, and it can be looked up again. */
const idOf = (name: RawBuilder<unknown>) => sql`md5(${name})::uuid`
const termId = (taxonomy: string, code: string) => sql.raw(`md5('vieta:${taxonomy}:' || ${code})::uuid`)
const taxonomyId = (taxonomy: string) => sql.raw(`md5('vieta:taxonomy:${taxonomy}')::uuid`)

const lastModified = sql`greatest(o.changed_at,
  (select max(greatest(p.recorded_at, p.withdrawn_at)) from price p where p.seller_id = o.seller_id and p.offer_id = o.id),
  (select max(c.recorded_at) from capacity c where c.seller_id = o.seller_id and c.offer_id = o.id))`

/** An offer that names no group is for those its kind is for. */
const groupsOf = sql`(case when o.target_groups = '{}' then k.target_groups else o.target_groups end)`

function matching(filter: ServiceFilter): RawBuilder<unknown> {
  const { words, taxonomy_term_id, taxonomy_id, organization_id, modified_after, postcode } = filter
  const conditions = [
    modified_after === null
      ? sql`o.status = 'published'`
      : sql`o.status in ('published', 'withdrawn') and ${lastModified} >= ${modified_after}::timestamptz`,
    ...(words.length > 0 ? [sql`o.id in (select offer_id from offers_with_words(${words}::text[]))`] : []),
    ...(organization_id === null ? [] : [sql`${organization_id}::uuid in (o.seller_id, o.provider_id)`]),
    ...(taxonomy_id === null
      ? []
      : [sql`${taxonomy_id}::uuid in (${taxonomyId('service_kind')}, ${taxonomyId('target_group')})`]),
    ...(taxonomy_term_id === null
      ? []
      : [
          sql`(${termId('service_kind', 'o.kind_code')} = ${taxonomy_term_id}::uuid
            or ${groupsOf} && array(select g.code from target_group g where ${termId('target_group', 'g.code')} = ${taxonomy_term_id}::uuid))`,
        ]),
    ...(filter.with_place ? [sql`(o.address is not null or o.locality is not null)`] : []),
    ...(postcode === null ? [] : [sql`strpos(o.address, ${postcode}) > 0`]),
  ]
  return sql.join(conditions, sql` and `)
}

/** How many services there are of these. */
export async function countServices(tx: Db | Tx, filter: ServiceFilter): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from offer o join service_kind k on k.code = o.kind_code where ${matching(filter)}`.execute(
    tx,
  )
  return rows[0]!.count
}

/** Services in the order of their ids, each with what HSDS says of it. One statement. @param on the day of the free places */
export async function readServices(
  tx: Db | Tx,
  filter: ServiceFilter,
  on: string,
  piece: Piece,
): Promise<ServiceRow[]> {
  return rowsWhere(tx, matching(filter), on, piece)
}

/** One service, also a withdrawn one. @throws Refusal `not_found` for a draft and what is not there */
export async function getService(tx: Db | Tx, id: string, on: string): Promise<ServiceRow> {
  const where = sql`o.id = ${id}::uuid and o.status in ('published', 'withdrawn')`
  return (await rowsWhere(tx, where, on, { limit: 1, offset: 0 }))[0] ?? refuse('not_found')
}

/** The service given at a place. @throws Refusal `not_found` */
export async function getServiceAt(tx: Db | Tx, id: string, on: string): Promise<ServiceRow> {
  const where = sql`${idOf(sql`'vieta:place:' || o.id`)} = ${id}::uuid and o.status in ('published', 'withdrawn')
    and (o.address is not null or o.locality is not null)`
  return (await rowsWhere(tx, where, on, { limit: 1, offset: 0 }))[0] ?? refuse('not_found')
}

async function rowsWhere(tx: Db | Tx, where: RawBuilder<unknown>, on: string, piece: Piece): Promise<ServiceRow[]> {
  const from = 'after' in piece && piece.after !== null ? sql`and o.id > ${piece.after}::uuid` : sql``
  const skip = 'offset' in piece ? piece.offset : 0
  const { rows } = await sql<ServiceRow>`
    with chosen as materialized (
      select o.*, k.target_groups as kind_groups, ${lastModified} as last_modified
      from offer o join service_kind k on k.code = o.kind_code
      where ${where} ${from} order by o.id limit ${piece.limit} offset ${skip}
    )
    select o.id, o.title, o.description, o.status, o.unit, o.delivery_mode,
      jsonb_build_object('target_groups', o.target_groups, 'accessibility', o.accessibility,
        'departure_day_charged', o.departure_day_charged, 'absence', o.absence, 'frees_bed', o.frees_bed,
        'in_turn', o.in_turn, 'surcharges', o.surcharges,
        'provider', (select coalesce(v.register_number, v.name) from provider v where v.id = o.provider_id),
        'no_show_percent', o.no_show_percent::text, 'minimum_per_month', o.minimum_per_month::text,
        'vat', jsonb_build_object('category', o.vat_category, 'rate', o.vat_rate::text)) as rules,
      (select coalesce(jsonb_agg(jsonb_build_object('valid_from', c.valid_from, 'valid_to', c.valid_to, 'places', c.places,
          'made_up', c.made_up) order by c.valid_from), '[]')
        from capacity c where c.seller_id = o.seller_id and c.offer_id = o.id) as capacities,
      to_char(o.last_modified at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as last_modified,
      (o.changed_at at time zone 'Europe/Riga')::date as assured_date,
      (select coalesce(jsonb_agg(jsonb_build_object('code', l, 'id', ${idOf(sql`'vieta:language:' || o.id || l`)}) order by l), '[]')
        from unnest(o.languages) l) as languages,
      ${organisationJson(sql`o.seller_id`, sql`o.provider_id`)} as organisation,
      (select jsonb_agg(t order by t.taxonomy, t.code) from (
        select ${termId('service_kind', 'k.code')} as id, k.code, k.name_lv, k.name_en, 'service_kind' as taxonomy,
          ${taxonomyId('service_kind')} as taxonomy_id, ${idOf(sql`'vieta:attribute:' || o.id || ':kind:' || k.code`)} as attribute_id,
          k.institution_alternative
        from service_kind k where k.code = o.kind_code
        union all
        select ${termId('target_group', 'g.code')}, g.code, g.name_lv, g.name_en, 'target_group',
          ${taxonomyId('target_group')}, ${idOf(sql`'vieta:attribute:' || o.id || ':group:' || g.code`)}, null
        from target_group g where g.code = any (case when o.target_groups = '{}' then o.kind_groups else o.target_groups end)
      ) t) as terms,
      (select coalesce(jsonb_agg(jsonb_build_object('id', p.id, 'valid_from', p.valid_from, 'valid_to', p.valid_to,
          'price_class', p.price_class, 'unit_price', p.unit_price::text, 'tiers', p.tiers, 'decision', p.decision, 'made_up', p.made_up)
          order by p.valid_from, p.price_class), '[]')
        from price p where p.seller_id = o.seller_id and p.offer_id = o.id and p.withdrawn_at is null) as prices,
      case when taken.capacity is not null then jsonb_build_object('id', ${idOf(sql`'vieta:places:' || o.id`)},
        'unit_id', ${idOf(sql`'vieta:unit:place'::text`)}, 'maximum', taken.capacity, 'taken', taken.taken) end as places,
      case when o.address is not null or o.locality is not null then jsonb_build_object(
        'id', ${idOf(sql`'vieta:place:' || o.id`)}, 'location_id', ${idOf(sql`'vieta:location:' || o.id`)},
        'address_id', ${idOf(sql`'vieta:address:' || o.id`)}, 'address', o.address, 'locality', o.locality) end as place
    from chosen o cross join lateral places_taken(o.seller_id, o.id, ${on}::date, ${on}::date) taken
    order by o.id`.execute(tx)
  return rows
}

/** The provider of an offer, or its municipality where it names none. */
function organisationJson(seller: RawBuilder<unknown>, provider: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`(select to_jsonb(g) from (${organisations}) g where g.id = coalesce(${provider}, ${seller}))`
}

/** Everybody who gives services: municipalities, the state's institutions, and the providers of each. */
const organisations = sql`
  select m.id, m.name, null::uuid as parent_organization_id, m.kind, null as owner_type, m.email, m.phone, m.registration_number,
    null as register_number, m.address, m.locality, m.postal_code, m.country, m.name as area, ${derived('m')}
  from organisation m where m.kind <> 'region'
  union all
  select v.id, v.name, v.municipality_id, 'provider', v.owner_type, v.email, v.phone, v.registration_number,
    v.register_number, v.address, m.locality, null, m.country, m.name, ${derived('v')}
  from provider v join organisation m on m.id = v.municipality_id`

function derived(of: string): RawBuilder<unknown> {
  const each = ['phone', 'identifier', 'register', 'location', 'address']
  return sql.raw(each.map((name) => `md5('vieta:${name}:' || ${of}.id)::uuid as ${name}_id`).join(', '))
}

export interface OrganisationFilter {
  /** part of the name, without capitals and diacritics */
  search: string | null
  /** only those that offer something with this term */
  taxonomy_term_id: string | null
}

/** Organisations by id, and how many there are. */
export async function readOrganisations(
  tx: Db | Tx,
  filter: OrganisationFilter,
  piece: Piece,
): Promise<{ total: number; rows: OrganisationRow[] }> {
  const { search, taxonomy_term_id } = filter
  const where = sql.join(
    [
      search === null ? sql`true` : sql`strpos(plain_text(g.name), plain_text(${search})) > 0`,
      taxonomy_term_id === null
        ? sql`true`
        : sql`exists (select from offer o join service_kind k on k.code = o.kind_code
            where g.id in (o.seller_id, o.provider_id) and ${matching({ ...noFilter, taxonomy_term_id })})`,
    ],
    sql` and `,
  )
  const from = 'after' in piece && piece.after !== null ? sql`g.id > ${piece.after}::uuid` : sql`true`
  const skip = 'offset' in piece ? piece.offset : 0
  const { rows } = await sql<OrganisationRow>`
    select * from (${organisations}) g where ${where} and ${from} order by g.id limit ${piece.limit} offset ${skip}`.execute(
    tx,
  )
  const counted = await sql<{
    count: number
  }>`select count(*)::int as count from (${organisations}) g where ${where}`.execute(tx)
  return { rows, total: counted.rows[0]!.count }
}

export const noFilter: ServiceFilter = {
  words: [],
  taxonomy_term_id: null,
  taxonomy_id: null,
  organization_id: null,
  modified_after: null,
  postcode: null,
  with_place: false,
}

/** @throws Refusal `not_found` */
export async function getOrganisationRow(tx: Db | Tx, id: string): Promise<OrganisationRow> {
  const { rows } = await sql<OrganisationRow>`select * from (${organisations}) g where g.id = ${id}::uuid`.execute(tx)
  return rows[0] ?? refuse('not_found')
}

export async function readTaxonomies(tx: Db | Tx): Promise<TaxonomyRow[]> {
  const { rows } = await sql<TaxonomyRow>`
    select ${taxonomyId('service_kind')} as id, 'service_kind' as taxonomy
    union all select ${taxonomyId('target_group')}, 'target_group' order by taxonomy`.execute(tx)
  return rows
}

/** Service kinds and target groups as terms, by taxonomy and code: a few dozen. */
export async function readTerms(tx: Db | Tx): Promise<TermRow[]> {
  const { rows } = await sql<TermRow>`
    select ${termId('service_kind', 'code')} as id, code, name_lv, name_en, 'service_kind' as taxonomy,
      ${taxonomyId('service_kind')} as taxonomy_id, institution_alternative from service_kind
    union all
    select ${termId('target_group', 'code')}, code, name_lv, name_en, 'target_group', ${taxonomyId('target_group')}, null from target_group
    order by taxonomy, code`.execute(tx)
  return rows.map(({ institution_alternative, ...term }) =>
    term.taxonomy === 'service_kind' ? { ...term, institution_alternative: institution_alternative ?? false } : term,
  )
}
