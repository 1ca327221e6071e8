/** Who is told what when a referral moves on, a stay changes, or something runs out. */
import { type Clock, type Context, transact } from '../context.ts'
import type { Db, Tx } from '../db/connect.ts'
import { notify } from '../notices/commands.ts'
import { dateInRiga } from '../wall-clock.ts'
import { papersToTell, staysToTell } from './telling-store.ts'

type Moved = { id: string; seller_id: string; buyer_id: string; status: string; submitted_at: string | null }

/** Tells the buyer that the seller proposes something else. */
export async function tellCountered(tx: Tx, ctx: Context, referral: Omit<Moved, 'status'>): Promise<void> {
  await tellReferrals(tx, ctx, [{ ...referral, status: 'offered' }])
}

/** Tells buyers of places that a line offers to their people, and of those that nobody answered for. */
export async function tellQueue(
  tx: Tx,
  ctx: Context,
  kind: 'queue_offer' | 'queue_lapsed',
  entries: readonly { id: string; seller_id: string; buyer_id: string; date?: string }[],
): Promise<void> {
  await notify(
    tx,
    ctx,
    entries.map(({ id, seller_id, buyer_id, date }) => ({
      ...{ organisation_id: buyer_id, permission: 'referral.request' as const, kind, seller_id, buyer_id },
      ...{ subject_type: 'queue_entry' as const, subject_id: id },
      ...(date === undefined ? {} : { values: { date } }),
    })),
  )
}

/** Tells the parties of stays that one has changed or something runs out; not the party that did it. */
export async function tellStays(
  tx: Tx,
  ctx: Context,
  kind: 'stay_changed' | 'stay_cancelled' | 'stay_ends_soon' | 'paper_expires',
  stays: readonly { id: string; seller_id: string; buyer_id: string; date?: string; key?: string }[],
): Promise<void> {
  const own = ctx.actor.kind === 'member' ? ctx.actor.organisation_id : null
  await notify(
    tx,
    ctx,
    stays.flatMap(({ id, seller_id, buyer_id, date, key }) =>
      [...new Set([seller_id, buyer_id])]
        .filter((party) => party !== own)
        .map((organisation_id) => ({
          ...{ organisation_id, permission: 'placement.manage' as const, kind },
          ...{ subject_type: 'placement' as const, subject_id: id, seller_id, buyer_id },
          ...(date === undefined ? {} : { values: { date } }),
          ...(key === undefined ? {} : { key }),
        })),
    ),
  )
}

/** Tells of places kept for referrals: the buyer a day before the time is over, the seller once it is. */
export async function tellReservations(
  tx: Tx,
  ctx: Context,
  to: 'buyer' | 'seller',
  kept: readonly { id: string; referral_id: string; seller_id: string; buyer_id: string; held_until: string }[],
): Promise<void> {
  await notify(
    tx,
    ctx,
    kept.map(({ id, referral_id, seller_id, buyer_id, held_until }) => ({
      organisation_id: to === 'buyer' ? buyer_id : seller_id,
      permission: to === 'buyer' ? ('referral.request' as const) : ('referral.answer' as const),
      ...{ kind: 'reservation_ends' as const, subject_type: 'referral' as const, subject_id: referral_id },
      ...{ seller_id, buyer_id, values: { date: dateInRiga(held_until) }, key: `${to} ${id}` },
    })),
  )
}

/** The hourly job: stays that end soon, and papers whose successor is missing. Each is told once, for each last date anew. */
export async function tellEndings(db: Db, clock: Clock): Promise<void> {
  const ctx: Context = { db, clock, actor: { kind: 'system' } }
  await transact(ctx, async (tx) => {
    await tellStays(tx, ctx, 'stay_ends_soon', await staysToTell(tx, clock.today()))
    await tellStays(tx, ctx, 'paper_expires', await papersToTell(tx, clock.today()))
  })
}

/** Tells the other party of what has become of referrals, in the caller's transaction; nobody where both are one. */
export async function tellReferrals(tx: Tx, ctx: Context, referrals: readonly Moved[]): Promise<void> {
  const own = ctx.actor.kind === 'member' ? ctx.actor.organisation_id : null
  const notices = referrals.flatMap((referral) => {
    const { id, seller_id, buyer_id, status, submitted_at } = referral
    const kind = kinds[status]
    if (kind === undefined || submitted_at === null || seller_id === buyer_id) return []
    const to_seller =
      status === 'submitted' ||
      status === 'withdrawn' ||
      status === 'closed' ||
      (status === 'accepted' && own === buyer_id)
    return [
      {
        organisation_id: to_seller ? seller_id : buyer_id,
        permission: to_seller ? ('referral.answer' as const) : ('referral.request' as const),
        kind,
        ...{ subject_type: 'referral' as const, subject_id: id, seller_id, buyer_id },
      },
    ]
  })
  await notify(tx, ctx, notices)
}

const kinds: Record<
  string,
  'referral_submitted' | 'referral_accepted' | 'referral_declined' | 'referral_withdrawn' | 'referral_countered'
> = {
  submitted: 'referral_submitted',
  offered: 'referral_countered',
  accepted: 'referral_accepted',
  declined: 'referral_declined',
  withdrawn: 'referral_withdrawn',
  // found elsewhere: nothing is asked of this seller any more
  closed: 'referral_withdrawn',
}
