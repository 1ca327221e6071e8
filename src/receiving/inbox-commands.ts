/**
 * A watched folder: one folder for each organisation, called by its registration number. A file goes to `done` or to
 * `refused`, there with a text beside it that says why. Node only.
 */
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock, Context } from '../context.ts'
import type { Db } from '../db/connect.ts'
import { explainRefusal, refusalOf } from '../http/problem.ts'
import { Refusal } from '../refusal.ts'
import { receiveDocument } from './commands.ts'
import { organisationNumbered } from './store.ts'
import { largestDocument } from './tree.ts'

export type InboxOutcome = { file: string; outcome: 'received' | 'known' | 'refused'; why?: string }

/** A file that changed less than this long ago may still be written to. */
const quietMilliseconds = 5_000

/**
 * Takes in what lies in the folder now. A file that cannot be read for a reason of ours stays where it is for the next time.
 * @param quiet how long a file must not have changed, in milliseconds
 */
export async function readInbox(
  db: Db,
  clock: Clock,
  folder: string,
  quiet = quietMilliseconds,
): Promise<InboxOutcome[]> {
  const outcomes: InboxOutcome[] = []
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!entry.isDirectory() || !/^[0-9A-Z]{4,20}$/i.test(entry.name)) continue
    const organisation = await db.transaction().execute((tx) => organisationNumbered(tx, entry.name))
    const within = join(folder, entry.name)
    for (const name of await waiting(within, clock, quiet)) {
      const outcome =
        organisation === null
          ? { outcome: 'refused' as const, why: nobodyHere(entry.name) }
          : await takeIn({ db, clock, actor: { kind: 'system' } }, join(within, name), organisation.id)
      await putAway(within, name, outcome, clock)
      outcomes.push({ file: join(entry.name, name), ...outcome })
    }
  }
  return outcomes
}

/** Whole XML files, oldest name first; links, folders and what is still being written are left alone. */
async function waiting(folder: string, clock: Clock, quiet: number): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const names = entries
    .filter((entry) => entry.isFile() && /^[^.].*\.xml$/i.test(entry.name))
    .map((entry) => entry.name)
  const still = await Promise.all(
    names.map(async (name) => clock.now().getTime() - (await stat(join(folder, name))).mtimeMs >= quiet),
  )
  return names.filter((_, index) => still[index]).sort()
}

async function takeIn(ctx: Context, file: string, organisation_id: string): Promise<Omit<InboxOutcome, 'file'>> {
  try {
    // Asked before it is read: a file of any size may lie there.
    if ((await stat(file)).size > largestDocument) throw new Refusal('body_too_large')
    const bytes = new Uint8Array(await readFile(file))
    const { known } = await receiveDocument(ctx, bytes, 'inbox', organisation_id)
    return { outcome: known ? 'known' : 'received' }
  } catch (error) {
    const refusal = refusalOf(error)
    if (refusal === null) throw error
    return { outcome: 'refused', why: inBothLanguages(refusal) }
  }
}

function inBothLanguages(refusal: Refusal): string {
  const said = (['lv', 'en'] as const).map((language) => {
    const { title, errors } = explainRefusal(refusal, language)
    return [title, ...errors.map((error) => error.message)].join('\n')
  })
  return `${said.join('\n\n')}\n`
}

function nobodyHere(number: string): string {
  return inBothLanguages(
    new Refusal('einvoice_refused', {}, [{ path: '', message: 'receiving.fault.nobody', values: { number } }]),
  )
}

/** A name that is taken already gets the moment in front: nothing is ever written over. */
async function putAway(
  folder: string,
  name: string,
  { outcome, why }: Omit<InboxOutcome, 'file'>,
  clock: Clock,
): Promise<void> {
  const to = join(folder, outcome === 'refused' ? 'refused' : 'done')
  await mkdir(to, { recursive: true })
  const taken = new Set(await readdir(to))
  const stamp = clock.now().toISOString().replaceAll(/[:.]/g, '-')
  let own = name
  for (let again = 1; taken.has(own); again += 1) own = `${stamp}${again === 1 ? '' : `-${again}`}-${name}`
  if (why !== undefined) await writeFile(join(to, `${own}.txt`), why)
  await rename(join(folder, name), join(to, own))
}
