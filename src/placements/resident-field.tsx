/** Whom a form is about: a field that finds while one types, by a part of the token or the name; also where no script runs. */
import { transact } from '../context.ts'
import type { C } from '../http/app.ts'
import { formValues, viewFor } from '../http/pages.tsx'
import { isId } from '../ids.ts'
import type { FieldError } from '../refusal.ts'
import { TextField } from '../ui/field.tsx'
import type { FormState } from '../ui/form.tsx'
import type { View } from '../ui/view.ts'
import { useView } from '../ui/view-context.tsx'
import { listResidents, type ResidentRow } from './store.ts'

const labelOf = (one: ResidentRow) => `${one.family_name} ${one.given_name} · ${one.token}`

/** @param here the form's address, to come back to with somebody who had to be registered first */
export function ResidentField(props: { residents: readonly ResidentRow[]; here: string; nobody?: boolean }) {
  const { residents, here, nobody = false } = props
  const { t, can, format } = useView()
  const names = residents.map(labelOf).sort((a, b) => format.compare(a, b))
  return (
    <>
      <TextField
        name="resident_id"
        label={t('referral.who')}
        hint={t(nobody ? 'referral.who_hint_or_nobody' : 'referral.who_hint')}
        autocomplete="off"
        suggestions={nobody ? [t('referral.who_none'), ...names] : names}
      />
      {can('resident.manage') && (
        <p>
          <a href={`/residents/new?next=${encodeURIComponent(here)}`}>{t('referral.who_register')}</a>
        </p>
      )}
    </>
  )
}

/** The form's values as the field shows them: whoever is named by an id stands there by name and token. */
export function withResidentNamed(view: View, state: FormState, residents: readonly ResidentRow[]): FormState {
  const given = state.values.resident_id
  const one = residents.find(({ id }) => id === given)
  if (one === undefined && given !== 'reserved') return state
  const resident_id = one === undefined ? view.t('referral.who_none') : labelOf(one)
  return { ...state, values: { ...state.values, resident_id } }
}

/** What was chosen: an id, null for places without a person, an empty text for nothing; or what is wrong with what was typed. */
export type Chosen = { resident_id: string | null; wrong: FieldError | null }

/** Reads the field of a posted form. What is typed may be a whole entry of the list, a token, or a part that one person has. */
export async function chosenResident(c: C): Promise<Chosen> {
  const typed = String((await formValues(c)).resident_id ?? '').trim()
  if (typed === '' || isId(typed)) return { resident_id: typed, wrong: null }
  if (typed === 'reserved' || typed === viewFor(c).t('referral.who_none')) return { resident_id: null, wrong: null }
  const search = / · (\S+)$/.exec(typed)?.[1] ?? typed
  const found = await transact(c.get('ctx'), (tx) => listResidents(tx, { search, limit: 1, after: null }))
  if (found.length === 1) return { resident_id: found[0]!.id, wrong: null }
  const message = found.length === 0 ? 'validation.no_such_resident' : 'validation.several_residents'
  return { resident_id: '', wrong: { path: 'resident_id', message } }
}

/** The errors of a form that was refused: what was wrong with the typed name says more than that nobody was chosen. */
export function withChosen(view: View, state: FormState, { wrong }: Chosen): FormState {
  if (wrong === null) return state
  const error = { path: wrong.path, message: view.t(wrong.message as 'validation.required') }
  return { ...state, errors: [error, ...state.errors.filter(({ path }) => path !== wrong.path)] }
}
