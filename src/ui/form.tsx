import { raw } from 'hono/html'
import { type Child, createContext, type PropsWithChildren, useContext } from 'hono/jsx'
import { Icon } from './icon.tsx'
import { useView } from './view-context.tsx'

/** What a form holds when it comes back: what was typed, and what is wrong with it. A path is the name of a field. */
export type FormState = {
  values: Record<string, string | string[]>
  errors: { path: string; message: string }[]
  /** what the form was asked for without being carried out; stands above the form */
  above?: Child
}

export const emptyForm: FormState = { values: {}, errors: [] }

/**
 * Fields leave their labels here, so that the error summary can name them and knows what to lead to, and what they say of
 * themselves when they were left empty: a list is not filled in, one of it is chosen.
 */
type FormPlace = {
  state: FormState
  id: string
  filter: boolean
  labels: Map<string, string>
  said: Map<string, string>
}
const nowhere = (): Pick<FormPlace, 'labels' | 'said'> => ({ labels: new Map(), said: new Map() })
const FormContext = createContext<FormPlace>({ state: emptyForm, id: 'field', filter: false, ...nowhere() })

/** Where a field stands: its id on the page, its value, its error. `missing`: what it says when it was left empty. */
export function useField(
  name: string,
  label: Child,
  missing?: 'validation.required_choice' | 'validation.required_some',
) {
  const { state, id, filter, labels, said } = useContext(FormContext)
  const { t } = useView()
  labels.set(name, typeof label === 'string' ? label : '')
  const value = state.values[name]
  const wrong = state.errors.find((error) => error.path === name)?.message
  const error = missing !== undefined && wrong === t('validation.required') ? t(missing) : wrong
  if (error !== undefined) said.set(name, error)
  return {
    id: fieldId(id, name),
    values: value === undefined ? [] : Array.isArray(value) ? value : [value],
    error,
    filter,
    /** what was typed goes before what was stored, and an empty box before a ticked one */
    cameBack: Object.keys(state.values).length > 0,
  }
}

function fieldId(form: string, path: string): string {
  return `${form}-${path.replace(/[^\w-]/g, '-')}`
}

type FormProps = PropsWithChildren<{
  action: string
  state?: FormState
  /** tells two forms of one page apart */
  id?: string
  /** with a file field */
  files?: boolean
  /** hidden inputs sent along */
  fields?: Record<string, string>
  /** comfort: the answer takes the place of an element (and has its id) instead of loading a page */
  swap?: { target: string; how?: string }
  /** laid out across the desk: attendance sheets, rows of figures */
  wide?: boolean
}>

/** A POST form with its idempotency key and, after a refusal, its error summary. */
export function Form({ action, state = emptyForm, id = 'field', files, fields, swap, wide, children }: FormProps) {
  const htmx = swap ? { 'hx-post': action, 'hx-target': swap.target, 'hx-swap': swap.how ?? 'outerHTML' } : {}
  return (
    <>
      {state.above}
      <form
        method="post"
        action={action}
        class={wide ? 'form form-wide' : 'form'}
        enctype={files ? 'multipart/form-data' : undefined}
        novalidate
        {...htmx}
      >
        <HiddenInputs fields={fields} />
        <FormFields state={state} id={id}>
          {children}
        </FormFields>
      </form>
    </>
  )
}

/** The idempotency key and whatever else is sent along unseen. */
export function HiddenInputs({ fields = {} }: { fields?: Record<string, string> | undefined }) {
  const view = useView()
  return (
    <>
      <input type="hidden" name="_key" value={view.key()} />
      {Object.entries(fields).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
    </>
  )
}

/** Fields with their values and errors, and above them the summary of the errors. */
export function FormFields({ state, id, children }: PropsWithChildren<{ state: FormState; id: string }>) {
  const left = nowhere()
  const fields = <FormContext.Provider value={{ state, id, filter: false, ...left }}>{children}</FormContext.Provider>
  if (state.errors.length === 0) return fields
  // Rendered first, shown last: by then the fields have left the labels that the summary names them by.
  const withSummary = (html: string) => (
    <>
      <ErrorSummary state={state} id={id} {...left} />
      {raw(html)}
    </>
  )
  const content: unknown = fields.toString()
  return content instanceof Promise ? content.then(withSummary) : withSummary(String(content))
}

/** The filter above a list: a GET form in one row. */
export function FilterForm({
  action,
  values,
  label,
  swap,
  children,
}: PropsWithChildren<{
  action: string
  values: Record<string, string | string[]>
  label?: string
  swap?: { target: string }
}>) {
  const { t } = useView()
  const used = Object.values(values).some((value) => value.length > 0)
  const htmx = swap
    ? {
        'hx-get': action,
        'hx-target': swap.target,
        'hx-swap': 'outerHTML',
        'hx-trigger': 'input delay:300ms, submit',
        'hx-push-url': 'true',
      }
    : {}
  return (
    <search aria-label={label ?? t('action.filter')}>
      <form method="get" action={action} class="filter" {...htmx}>
        <FormContext.Provider value={{ state: { values, errors: [] }, id: 'filter', filter: true, ...nowhere() }}>
          {children}
        </FormContext.Provider>
        <div class="filter-actions">
          <button type="submit" class="button button-secondary">
            <Icon name="search" />
            {t('action.filter')}
          </button>
          {used && (
            <a class="button button-quiet" href={action}>
              {t('action.clear')}
            </a>
          )}
        </div>
      </form>
    </search>
  )
}

function ErrorSummary({ state, id, labels, said }: Omit<FormPlace, 'filter'>) {
  const { t } = useView()
  const order = [...labels.keys()]
  const ofFields = state.errors.some(({ path }) => labels.has(path))
  const errors = state.errors.toSorted((a, b) => order.indexOf(a.path) - order.indexOf(b.path))
  return (
    <div class="error-summary" role="alert" aria-labelledby={`${id}-errors`} tabindex={-1} autofocus>
      <h2 id={`${id}-errors`}>
        <Icon name="warning" />
        {ofFields ? t('validation.summary', { count: state.errors.length }) : t('validation.not_done')}
      </h2>
      <ul>
        {errors.map((error) => (
          <li>
            {!labels.has(error.path) ? (
              error.message
            ) : (
              <a href={`#${fieldId(id, error.path)}`}>
                {labels.get(error.path) && `${labels.get(error.path)}: `}
                {said.get(error.path) ?? error.message}
              </a>
            )}
          </li>
        ))}
      </ul>
    </div>
  )
}

export function Fieldset({ legend, hint, children }: PropsWithChildren<{ legend: Child; hint?: Child }>) {
  return (
    <fieldset class="fieldset">
      <legend>{legend}</legend>
      {hint && <p class="hint">{hint}</p>}
      {children}
    </fieldset>
  )
}

/** Fields side by side on a desk, under each other on a phone. */
export function FieldRow({ children }: PropsWithChildren) {
  return <div class="field-row">{children}</div>
}
