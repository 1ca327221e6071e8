/** Reads the log: what one's organisation did or is party to, the newest first. Row level security decides what is seen. */
import { sql } from 'kysely'
import type { Db, Tx } from '../db/connect.ts'

export interface AuditFilter {
  person_id: string | null
  action: string | null
  subject_type: string | null
  subject_id: string | null
  /** only the entries of one act: the one that stands for all of them, and its parts */
  part_of: string | null
  /** leaves out the parts, unless one act or one record is asked about */
  together: boolean
  /** both days included, in our time zone */
  from: string | null
  to: string | null
}

export interface AuditRow {
  id: string
  at: string
  organisation_id: string | null
  organisation_name: string | null
  person_id: string | null
  /** null also for people of another organisation: there the organisation is named only */
  person_name: string | null
  token_id: string | null
  token_name: string | null
  action: string
  subject_type: string
  subject_id: string
  /** what people call the subject, where it has a name that the reader may see */
  subject_name: string | null
  seller_id: string | null
  seller_name: string | null
  buyer_id: string | null
  buyer_name: string | null
  before: unknown
  after: unknown
  /** the entry that stands for this one in the log, null for most */
  part_of: string | null
  /** how many entries it stands for beside itself */
  parts: number
}

/** One more than `limit` where there are more. @param page.after instant and id of the last row shown */
export async function listAuditEvents(
  db: Db | Tx,
  filter: AuditFilter,
  page: { limit: number; after: string[] | null },
): Promise<AuditRow[]> {
  let query = db
    .selectFrom('audit_event as e')
    .leftJoin('organisation as o', 'o.id', 'e.organisation_id')
    .leftJoin('organisation as s', 's.id', 'e.seller_id')
    .leftJoin('organisation as b', 'b.id', 'e.buyer_id')
    .leftJoin('person as p', 'p.id', 'e.person_id')
    .leftJoin('api_token as k', 'k.id', 'e.token_id')
    .select(['e.id', 'e.at', 'e.organisation_id', 'e.person_id', 'e.token_id', 'e.action'])
    .select(['e.subject_type', 'e.subject_id', 'e.seller_id', 'e.buyer_id', 'e.before', 'e.after'])
    .select(['o.name as organisation_name', 's.name as seller_name', 'b.name as buyer_name'])
    .select(['p.name as person_name', 'k.name as token_name'])
    .select(subjectName.as('subject_name'))
    .select('e.part_of')
    .select(sql<number>`(select count(*)::int from audit_event q where q.part_of = e.id)`.as('parts'))
  if (filter.person_id !== null) query = query.where('e.person_id', '=', filter.person_id)
  if (filter.action !== null) query = query.where('e.action', '=', filter.action)
  if (filter.subject_type !== null) query = query.where('e.subject_type', '=', filter.subject_type)
  if (filter.subject_id !== null) query = query.where('e.subject_id', '=', filter.subject_id)
  const { part_of } = filter
  if (part_of !== null) query = query.where((eb) => eb.or([eb('e.id', '=', part_of), eb('e.part_of', '=', part_of)]))
  else if (filter.together && filter.subject_id === null) query = query.where('e.part_of', 'is', null)
  if (filter.from !== null) query = query.where('e.at', '>=', midnight(filter.from, 0))
  if (filter.to !== null) query = query.where('e.at', '<', midnight(filter.to, 1))
  if (page.after !== null) {
    query = query.where(sql<boolean>`(e.at, e.id) < (${page.after[0]}::timestamptz, ${page.after[1]}::uuid)`)
  }
  return query
    .orderBy('e.at', 'desc')
    .orderBy('e.id', 'desc')
    .limit(page.limit + 1)
    .execute()
}

/** Midnight at the beginning of a day, or of a day later, in our time zone. */
function midnight(day: string, later: 0 | 1) {
  return sql<string>`((${day}::date + ${later}::int)::timestamp at time zone 'Europe/Riga')`
}

const subjectName = sql<string | null>`
  case e.subject_type
    when 'organisation' then (select x.name from organisation x where x.id = e.subject_id::uuid)
    when 'provider' then (select x.name from provider x where x.id = e.subject_id::uuid)
    when 'person' then (select x.name from person x where x.id = e.subject_id::uuid)
    when 'api_token' then (select x.name from api_token x where x.id = e.subject_id::uuid)
    when 'offer' then (select x.title from offer x where x.id = e.subject_id::uuid)
    when 'resident' then (select x.token from resident x where x.organisation_id = e.organisation_id and x.id = e.subject_id::uuid)
    when 'placement' then (select x.resident_token from placement_record x where x.id = e.subject_id::uuid)
    when 'referral' then (select x.resident_token from referral x where x.id = e.subject_id::uuid)
    when 'document' then (select x.number from document x where x.id = e.subject_id::uuid)
    when 'month' then e.subject_id
    when 'service_kind' then e.subject_id
  end`

/** The people whose acts the reader may see by name: those of the organisations that the reader sees. */
export async function listActors(db: Db | Tx): Promise<{ id: string; name: string }[]> {
  return db.selectFrom('person').select(['id', 'name']).orderBy(sql`name collate lv`).limit(1000).execute()
}
