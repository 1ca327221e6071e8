/** Keeping a search, and being told when something of it becomes free. */
import { recordAudit } from '../audit/record.ts'
import { type Clock, type Context, carryOut, organisationOf, permit, personOf, transact } from '../context.ts'
import type { Db, Tx } from '../db/connect.ts'
import { brokeConstraint } from '../db/failure.ts'
import { newId } from '../ids.ts'
import { notify } from '../notices/commands.ts'
import { refuse, refuseFields } from '../refusal.ts'
import { mostSaved, type SavedSearchInput } from './saved-search.ts'
import * as store from './saved-search-store.ts'

/** The person whose searches they are. @throws Refusal `not_permitted` for a machine, which waits for nothing */
function ownPerson(ctx: Context): string {
  permit(ctx.actor, 'catalogue.read')
  permit(ctx.actor, 'signed_in')
  return personOf(ctx.actor) ?? refuse('not_permitted')
}

/** The searches of the actor's person; a machine has none. */
export async function readSaved(tx: Tx, ctx: Context): Promise<store.SavedSearchRow[]> {
  const person_id = personOf(ctx.actor)
  return person_id === null ? [] : store.listSaved(tx, person_id, ctx.clock.today())
}

/**
 * Keeps a search under a name. What is free already is not told of.
 * @throws Refusal `not_permitted`, `too_many_saved_searches`, `invalid_input` for a name that is taken
 */
export async function saveSearch(ctx: Context, { name, filter }: SavedSearchInput): Promise<store.SavedSearchRow> {
  const person_id = ownPerson(ctx)
  const organisation_id = organisationOf(ctx.actor)
  return carryOut(ctx, async (tx) => {
    const today = ctx.clock.today()
    const there = await store.listSaved(tx, person_id, today)
    if (there.length >= mostSaved) refuse('too_many_saved_searches', { maximum: mostSaved })
    const id = newId()
    const found = await store.lookFor(tx, organisation_id, filter, today)
    const created_at = ctx.clock.now().toISOString()
    await store.insertSaved(tx, { organisation_id, id, person_id, name, filter, created_at }, found)
    const of = { subject_type: 'saved_search', subject_id: id }
    await recordAudit(tx, ctx, { action: 'saveSearch', ...of, after: { name } })
    return (await store.listSaved(tx, person_id, today)).find((row) => row.id === id) ?? refuse('not_found')
  }).catch((error) => {
    if (brokeConstraint(error, 'saved_search_named_once'))
      refuseFields([{ path: 'name', message: 'validation.name_taken' }])
    throw error
  })
}

/** Keeps it no longer. @throws Refusal `not_found`, `not_permitted` */
export async function removeSearch(ctx: Context, id: string): Promise<void> {
  ownPerson(ctx)
  await carryOut(ctx, async (tx) => {
    const { name } = await store.getSaved(tx, id)
    await store.deleteSaved(tx, id)
    const of = { subject_type: 'saved_search', subject_id: id }
    await recordAudit(tx, ctx, { action: 'removeSearch', ...of, before: { name } })
  })
}

/**
 * The hourly job: each search is looked for again, one transaction each, for each asks something of its own; and its person is
 * told once of what has become free since. Twice, or by two programs, changes nothing.
 */
export async function lookAgain(db: Db, clock: Clock): Promise<void> {
  const ctx: Context = { db, clock, actor: { kind: 'system' } }
  for (const id of await transact(ctx, store.allSaved)) {
    await transact(ctx, async (tx) => {
      const search = await store.holdSaved(tx, id)
      if (search === undefined) return
      const { organisation_id, person_id, name, filter } = search
      const found = await store.lookFor(tx, organisation_id, filter, clock.today())
      await store.updateLooked(tx, id, found, clock.now().toISOString())
      const count = found.open_ids.filter((offer) => !search.open_ids.includes(offer)).length
      if (count === 0) return
      const of = { subject_type: 'saved_search', subject_id: id } as const
      await notify(tx, ctx, [
        { organisation_id, person_id, kind: 'offer_free', ...of, values: { reference: name, count } },
      ])
    })
  }
}
