/** What every command is handed: the database, the clock, and who is acting. */
import { sql } from 'kysely'
import type { Db, Tx } from './db/connect.ts'
import { brokeConstraint, databaseFailure } from './db/failure.ts'
import type { Permission, Role } from './identity/permissions.ts'
import { permissionsOf } from './identity/permissions.ts'
import { Refusal, refuse } from './refusal.ts'

/** Now, and today as a plain date in our one time zone. */
export interface Clock {
  now(): Date
  /** `2026-03-01`, Europe/Riga unless set otherwise */
  today(): string
}

/** Somebody signed in and acting for one organisation, or a machine with a token of it. */
export interface Member {
  kind: 'member'
  person_id: string | null
  token_id: string | null
  name: string
  organisation_id: string
  organisation_kind: 'municipality' | 'region' | 'state'
  roles: Role[]
  /** the organisations whose records this actor sees: its own; for a region's coordinator and auditor all of the region */
  sees: string[]
  /** in whose place the own organisation stands, because they merged into it; seen like its own */
  predecessors?: readonly string[]
}

/** `system` is the program itself (jobs, the terminal): it works as the database's owner and sees everything. */
export type Actor = Member | { kind: 'public' } | { kind: 'system' }

export interface Context {
  db: Db
  clock: Clock
  actor: Actor
  /** where a write came with an idempotency key: its hash, marked as carried out in the write's own transaction */
  idempotency?: string
  /** where a write is only rehearsed (`rehearse.ts`): what it traces, and what ends its transaction without saving */
  rehearsal?: { traced: Traced[]; end(tx: Tx): Promise<never> }
}

/** A placement that must be rated again from a closed month on, and how many such traces it had before. */
export interface Traced {
  seller_id: string
  placement_id: string
  from_month: string
  earlier: number
}

/** True where the actor's roles give the permission. */
export function may(actor: Actor, permission: Permission): boolean {
  if (actor.kind === 'system' || permission === 'public') return true
  if (actor.kind === 'public') return false
  return permissionsOf(actor.roles, actor.organisation_kind).has(permission)
}

/** @throws Refusal `not_signed_in` or `not_permitted` */
export function permit(actor: Actor, permission: Permission): void {
  if (may(actor, permission)) return
  refuse(actor.kind === 'public' ? 'not_signed_in' : 'not_permitted', { permission })
}

/** The organisation the actor acts for. @throws Refusal `not_signed_in` where there is none */
export function organisationOf(actor: Actor): string {
  return actor.kind === 'member' ? actor.organisation_id : refuse('not_signed_in')
}

/** True for who acts for a region or the state: documents of others are all one list to them. */
export function overseesOthers(actor: Actor): boolean {
  return actor.kind === 'member' && actor.organisation_kind !== 'municipality'
}

/** The person behind the act, null for machines and the program itself: what `recorded_by` columns keep. */
export function personOf(actor: Actor): string | null {
  return actor.kind === 'member' ? actor.person_id : null
}

/**
 * One transaction in which row level security is in force for this actor. Every read and every write of a request goes
 * through here; inside it only `tx` is used, never `ctx.db` (the embedded database would wait for ever).
 *
 * Where the database ends it because two waited for each other, it is done again from its beginning: so `work` changes nothing but
 * the database, and nothing outside itself.
 * @throws Refusal `already_carried_out` where the same idempotency key was carried out before; `records_busy` where it was ended so
 * every time
 */
export async function transact<T>(ctx: Context, work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const traced = ctx.rehearsal?.traced.length ?? 0
    try {
      return await ctx.db.transaction().execute(async (tx) => {
        await actAs(tx, ctx)
        const result = await work(tx)
        return result
      })
    } catch (error) {
      if (!gaveWay.has(databaseFailure(error)?.code ?? '')) throw explainMerged(error)
      if (attempt === mostAttempts) throw new Refusal('records_busy')
      ctx.rehearsal?.traced.splice(traced)
    }
  }
}

/** The database ended a transaction for another one's sake: two waited for each other, or cannot both have come first. */
const gaveWay = new Set(['40P01', '40001'])
/** Whoever is done again waits behind the one it gave way to, so it seldom happens twice. */
const mostAttempts = 5

/** The database keeps new facts from those who have merged into another (`refuse_new_facts`), and says into whom and when. */
function explainMerged(error: unknown): unknown {
  if (!brokeConstraint(error, 'organisation_succeeded')) return error
  return new Refusal('organisation_merged', JSON.parse(databaseFailure(error)?.detail ?? '{}'))
}

/**
 * Like `transact`, for the one transaction that carries out a write: it marks the request's idempotency key. A rehearsal
 * does the same work and saves nothing.
 */
export async function carryOut<T>(ctx: Context, work: (tx: Tx) => Promise<T>): Promise<T> {
  return transact(ctx, async (tx) => {
    if (ctx.rehearsal !== undefined) {
      await work(tx)
      return ctx.rehearsal.end(tx)
    }
    if (ctx.idempotency !== undefined) {
      const marked = await tx
        .updateTable('idempotency_key')
        .set({ carried_out_at: ctx.clock.now().toISOString() })
        .where('key_hash', '=', ctx.idempotency)
        .where('carried_out_at', 'is', null)
        .executeTakeFirst()
      if (marked.numUpdatedRows !== 1n) refuse('already_carried_out')
    }
    return work(tx)
  })
}

/**
 * What the program does itself inside somebody's transaction, where that is not the actor's own to write: a credit note in the
 * seller's name that follows from a region's decision. What leads to it must have been permitted and read as the actor.
 */
export async function asProgram<T>(tx: Tx, ctx: Context, work: () => Promise<T>): Promise<T> {
  // What the program does may do something as the program again: only the outermost gives the transaction back.
  const { rows } = await sql<{ was: string }>`select current_setting('role') as was`.execute(tx)
  await sql`select set_config('role', 'none', true)`.execute(tx)
  const result = await work()
  if (rows[0]!.was !== 'none') await actAs(tx, ctx)
  return result
}

/** Puts the actor and the clock into the transaction, where the policies and `app_now()` of `sql/migrations` read them. */
async function actAs(tx: Tx, { actor, clock }: Context): Promise<void> {
  const now = clock.now().toISOString()
  if (actor.kind === 'system') {
    await sql`select set_config('app.now', ${now}, true)`.execute(tx)
    return
  }
  const member = actor.kind === 'member' ? actor : null
  await sql`select set_config('role', 'vieta_app', true), set_config('app.now', ${now}, true),
    set_config('app.organisation', ${member?.organisation_id ?? ''}, true),
    set_config('app.person', ${member?.person_id ?? ''}, true),
    set_config('app.sees', ${member ? `{${member.sees.join(',')}}` : ''}, true),
    set_config('app.acts_for', ${member ? `{${[member.organisation_id, ...(member.predecessors ?? [])].join(',')}}` : ''}, true),
    set_config('app.roles', ${member ? `{${member.roles.join(',')}}` : ''}, true)`.execute(tx)
}

/** The clock of the running program. @param zone IANA time zone in which a date is today's */
export function systemClock(zone = 'Europe/Riga'): Clock {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' })
  return { now: () => new Date(), today: () => format.format(new Date()) }
}

/** A clock that stands still, for tests and for the demonstration's story. @param today `2026-03-01`; it is noon in UTC */
export function fixedClock(today: string): Clock {
  const now = new Date(`${today}T12:00:00Z`)
  return { now: () => now, today: () => today }
}
