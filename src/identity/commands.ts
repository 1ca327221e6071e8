/** The verbs of this module: permission, one transaction, load, decide, save, audit. */
import { recordAudit } from '../audit/record.ts'
import { type Context, carryOut, permit } from '../context.ts'
import { brokeConstraint } from '../db/failure.ts'
import { refuse } from '../refusal.ts'
import type { OrganisationChange } from './organisation.ts'
import { getOrganisation, type OrganisationRow, updateOrganisation } from './store.ts'

/**
 * Changes an organisation's own facts. Documents issued before keep what they were issued with.
 * @throws Refusal `not_permitted`, `not_found` (also for an organisation that is not the actor's), `registration_number_taken`
 */
export async function changeOrganisation(
  ctx: Context,
  id: string,
  change: OrganisationChange,
): Promise<OrganisationRow> {
  permit(ctx.actor, 'organisation.manage')
  try {
    return await carryOut(ctx, async (tx) => {
      const before = await getOrganisation(tx, id)
      if (!(await updateOrganisation(tx, id, change))) refuse('not_found')
      const after = await getOrganisation(tx, id)
      await recordAudit(tx, ctx, {
        action: 'changeOrganisation',
        subject_type: 'organisation',
        subject_id: id,
        before,
        after,
      })
      return after
    })
  } catch (error) {
    if (brokeConstraint(error, 'organisation_registration_number_unique')) {
      refuse('registration_number_taken', { field: 'registration_number' })
    }
    if (brokeConstraint(error, 'organisation_successor_id_fkey')) refuse('not_found')
    throw error
  }
}
