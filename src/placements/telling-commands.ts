/** Who is told what when a referral moves on. */
import type { Context } from '../context.ts'
import type { Tx } from '../db/connect.ts'
import { notify } from '../notices/commands.ts'

type Moved = { id: string; seller_id: string; buyer_id: string; status: string; submitted_at: string | null }

/** Tells the other party of what has become of referrals, in the caller's transaction; nobody where both are one. */
export async function tellReferrals(tx: Tx, ctx: Context, referrals: readonly Moved[]): Promise<void> {
  const own = ctx.actor.kind === 'member' ? ctx.actor.organisation_id : null
  const notices = referrals.flatMap((referral) => {
    const { id, seller_id, buyer_id, status, submitted_at } = referral
    const kind = kinds[status]
    if (kind === undefined || submitted_at === null || seller_id === buyer_id) return []
    const to_seller = status === 'submitted' || status === 'withdrawn' || (status === 'accepted' && own === buyer_id)
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
}
