/** Founds the demonstration: its organisations, providers and people; and lets them act, each on a day of the story. */
import { recordAudit } from '../audit/record.ts'
import type { PlainDate } from '../calendar.ts'
import { type Context, fixedClock, transact } from '../context.ts'
import type { Db } from '../db/connect.ts'
import { addProvider, foundOrganisation } from '../identity/commands.ts'
import { OrganisationFounded } from '../identity/organisation.ts'
import { hashPassword } from '../identity/password.ts'
import type { Role } from '../identity/permissions.ts'
import { ProviderInput } from '../identity/provider.ts'
import { insertPerson, insertRoles } from '../identity/store.ts'
import { newId } from '../ids.ts'
import { type Code, organisations, providers } from './latgale.ts'
import { type DemoPerson, demoPassword, people } from './people.ts'

/** What the story calls things, and their ids in the database. */
export interface Cast {
  organisation: Map<Code, string>
  provider: Map<string, string>
  person: Map<DemoPerson, string>
  /** a municipality's person with this role at work on a day */
  as(code: Code, role: Role, on: PlainDate): Context
}

export function systemOn(db: Db, on: PlainDate): Context {
  return { db, clock: fixedClock(on), actor: { kind: 'system' } }
}

/** @param on the day before which nothing of the demonstration happened */
export async function found(db: Db, on: PlainDate): Promise<Cast> {
  const system = systemOn(db, on)
  const cast: Cast = {
    organisation: new Map(),
    provider: new Map(),
    person: new Map(),
    as: (code, role, date) => actingAs(cast, db, code, role, date),
  }
  for (const { code, domain, ...facts } of organisations) {
    const region = code === 'LPR'
    const input = OrganisationFounded.parse({
      ...facts,
      code,
      kind: region ? 'region' : 'municipality',
      email: `dome@${domain}`,
      phone: '+371 00000000',
      bank_name: 'Demonstrācijas banka',
      // One of them acts outside the scope of VAT, so that its documents say so.
      ...(code === 'LUD' || region
        ? { outside_vat: code === 'LUD' }
        : { vat_number: `LV${facts.registration_number}` }),
      einvoice_scheme: '0218',
      einvoice_id: facts.registration_number,
      valid_from: region ? '2006-01-01' : '2021-07-01',
      invoice_prefix: code,
    })
    const { id } = await foundOrganisation(system, input, region ? null : cast.organisation.get('LPR')!)
    cast.organisation.set(code, id)
    // At once, so that what was cut off half way still says what it was.
    await db.updateTable('organisation').set({ demo: true }).where('id', '=', id).execute()
  }
  await addPeople(system, cast)
  for (const [index, { key, municipality, ...facts }] of providers.entries()) {
    const register_number = `DEMO-${String(index + 1).padStart(2, '0')}`
    const input = ProviderInput.parse({ ...facts, register_number, valid_from: '2021-07-01' })
    const { id } = await addProvider(cast.as(municipality, 'lister', on), input)
    cast.provider.set(key, id)
  }
  return cast
}

/** `addPerson` thinks up a password for each and hashes it; here all share one, hashed once, as nothing else takes so long. */
async function addPeople(system: Context, cast: Cast): Promise<void> {
  const password_hash = await hashPassword(demoPassword)
  const now = system.clock.now().toISOString()
  await transact(system, async (tx) => {
    for (const person of people) {
      const { email, name, language, memberships } = person
      const id = newId()
      cast.person.set(person, id)
      await insertPerson(tx, { id, email, name, language, password_hash, created_at: now })
      for (const { organisation, roles } of memberships) {
        const organisation_id = cast.organisation.get(organisation)!
        await insertRoles(tx, { organisation_id, person_id: id, roles, granted_at: now })
        const after = { organisation_id, roles }
        await recordAudit(tx, system, { action: 'addPerson', subject_type: 'person', subject_id: id, after })
      }
    }
    await tx
      .updateTable('person')
      .set({ demo: true })
      .where('id', 'in', [...cast.person.values()])
      .execute()
  })
}

function actingAs(cast: Cast, db: Db, code: Code, role: Role, on: PlainDate): Context {
  for (const [{ name, memberships }, person_id] of cast.person) {
    const held = memberships.find(({ organisation, roles }) => organisation === code && roles.includes(role))
    if (held === undefined) continue
    const organisation_id = cast.organisation.get(code)!
    return {
      db,
      clock: fixedClock(on),
      actor: {
        kind: 'member',
        person_id,
        token_id: null,
        name,
        organisation_id,
        organisation_kind: code === 'LPR' ? 'region' : 'municipality',
        roles: [...held.roles],
        sees: [organisation_id],
      },
    }
  }
  throw new Error(`nobody in the demonstration is ${role} of ${code}`)
}
