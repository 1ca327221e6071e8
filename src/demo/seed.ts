/** Fills an empty database with the demonstration: a year of Latgale up to today, by the commands that people use. */
import { recordAudit } from '../audit/record.ts'
import { addDays, type Month, type PlainDate } from '../calendar.ts'
import { type Clock, transact } from '../context.ts'
import type { Database, Db } from '../db/connect.ts'
import { storyCalendar } from './calendar.ts'
import { found, systemOn } from './cast.ts'
import { organisations } from './latgale.ts'
import { demoPassword, people } from './people.ts'
import { playYear } from './story.ts'

/** The act that ends the seeding: without it a demonstration is not whole. */
const finished = 'seedDemonstration'

/** What a database holds: nothing, the demonstration, one that was cut off half way, or somebody's own work. */
export type Holding = 'nothing' | 'demonstration' | 'unfinished demonstration' | 'own work'

export async function holdingOf(db: Db): Promise<Holding> {
  const organisation = await db
    .selectFrom('organisation')
    .select('demo')
    .orderBy('demo', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (organisation === undefined) return 'nothing'
  if (!organisation.demo) return 'own work'
  const end = await db.selectFrom('audit_event').select('id').where('action', '=', finished).limit(1).executeTakeFirst()
  return end === undefined ? 'unfinished demonstration' : 'demonstration'
}

export async function isEmpty(db: Db): Promise<boolean> {
  return (await holdingOf(db)) === 'nothing'
}

/**
 * Makes the demonstration. Not one transaction: cut off it leaves an unfinished demonstration, which `holdingOf` knows.
 * @param clock its today is the day that the story leads up to
 * @param progress hears the month that is being told
 * @throws Error with a sentence where the database is not empty
 */
export async function seedDemonstration(
  database: Database,
  clock: Clock,
  progress: (month: Month) => void = () => {},
): Promise<void> {
  const { db } = database
  const holding = await holdingOf(db)
  if (holding !== 'nothing') throw new Error(refusalOf(holding))
  const calendar = storyCalendar(clock.today() as PlainDate)
  const cast = await found(db, addDays(calendar.date([0, 1]), -30))
  await playYear(db, cast, calendar, progress)
  const system = systemOn(db, calendar.today)
  await transact(system, (tx) =>
    recordAudit(tx, system, { action: finished, subject_type: 'demonstration', subject_id: 'latgale' }),
  )
}

/** Why nothing is put into a database that holds something. */
export function refusalOf(holding: Exclude<Holding, 'nothing'>): string {
  if (holding === 'own work') return 'the database is not empty; the demonstration is only put into an empty one.'
  if (holding === 'demonstration') return 'the demonstration is in this database already.'
  return 'the database holds a demonstration that was cut off half way. Make the database anew, empty, and try again.'
}

export interface DemoSignIn {
  email: string
  password: string
  name: string
  organisation: string
  roles: string[]
}

/** How to sign in as each person of the demonstration; somebody of two organisations stands here twice. */
export const demoSignIns: readonly DemoSignIn[] = organisations.flatMap(({ code, name: organisation }) =>
  people.flatMap(({ email, name, memberships }) =>
    memberships
      .filter((membership) => membership.organisation === code)
      .map(({ roles }) => ({ email, password: demoPassword, name, organisation, roles })),
  ),
)

/** The same as a table for the terminal. */
export function signInTable(address: string): string {
  const widest = (key: 'email' | 'organisation' | 'name') => Math.max(...demoSignIns.map((row) => row[key].length))
  const [email, organisation] = [widest('email'), widest('organisation')]
  const rows = demoSignIns.map(
    (row) => `  ${row.email.padEnd(email)}  ${row.organisation.padEnd(organisation)}  ${row.roles.join(', ')}`,
  )
  return [
    `Sign in at ${address}/sign-in with one of these e-mails and the password  ${demoPassword}`,
    '',
    ...rows,
  ].join('\n')
}
