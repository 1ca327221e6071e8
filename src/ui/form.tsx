import { raw } from 'hono/html'
import { type Child, createContext, type PropsWithChildren, useContext } from 'hono/jsx'
import { Button } from './button.tsx'
import { Icon } from './icon.tsx'
import { useView } from './view-context.tsx'

/** What a form holds when it comes back: what was typed, and what is wrong with it. A path is the name of a field. */
export type FormState = { values: Record<string, string | string[]>; errors: { path: string; message: string }[] }

export const emptyForm: FormState = { values: {}, errors: [] }

/** Fields leave their labels here, so that the error summary can name them. */
type FormPlace = { state: FormState; id: string; filter: boolean; labels: Map<string, string> }
const FormContext = createContext<FormPlace>({ state: emptyForm, id: 'field', filter: false, labels: new Map() })

/** Where a field stands: its id on the page, its value, its error. */
export function useField(name: string, label: Child) {
  const { state, id, filter, labels } = useContext(FormContext)
  if (typeof label === 'string' && state.errors.length > 0) labels.set(name, label)
  const value = state.values[name]
  return {
    id: fieldId(id, name),
    values: value === undefined ? [] : Array.isArray(value) ? value : [value],
    error: state.errors.find((error) => error.path === name)?.message,
    filter,
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
  /** comfort: swap the answer into an element instead of loading a page */
  swap?: { target: string; how?: string }
  /** laid out across the desk: attendance sheets, rows of figures */
  wide?: boolean
}>

/** A POST form with its idempotency key and, after a refusal, its error summary. */
export function Form({ action, state = emptyForm, id = 'field', files, fields = {}, swap, wide, children }: FormProps) {
  const view = useView()
  const labels = new Map<string, string>()
  const htmx = swap ? { 'hx-post': action, 'hx-target': swap.target, 'hx-swap': swap.how ?? 'innerHTML' } : {}
  // Rendered first, shown last: by then the fields have left the labels that the error summary names them by.
  const content = (
    <FormContext.Provider value={{ state, id, filter: false, labels }}>{children}</FormContext.Provider>
  ).toString()
  const form = (html: string) => (
    <form
      method="post"
      action={action}
      class={wide ? 'form form-wide' : 'form'}
      enctype={files ? 'multipart/form-data' : undefined}
      novalidate
      {...htmx}
    >
      <input type="hidden" name="_key" value={view.key()} />
      {Object.entries(fields).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      <ErrorSummary state={state} id={id} labels={labels} />
      {raw(html)}
    </form>
  )
  // A child that waits for something makes the whole form wait.
  const waiting: unknown = content
  return waiting instanceof Promise ? waiting.then(form) : form(content)
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
        'hx-trigger': 'input changed delay:300ms, submit',
        'hx-push-url': 'true',
      }
    : {}
  return (
    <search aria-label={label ?? t('action.filter')}>
      <form method="get" action={action} class="filter" {...htmx}>
        <FormContext.Provider value={{ state: { values, errors: [] }, id: 'filter', filter: true, labels: new Map() }}>
          {children}
        </FormContext.Provider>
        <div class="filter-actions">
          <Button kind="secondary" icon="search">
            {t('action.filter')}
          </Button>
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

function ErrorSummary({ state, id, labels }: { state: FormState; id: string; labels: Map<string, string> }) {
  const { t } = useView()
  if (state.errors.length === 0) return null
  return (
    <div class="error-summary" role="alert" aria-labelledby={`${id}-errors`} tabindex={-1} autofocus>
      <h2 id={`${id}-errors`}>
        <Icon name="warning" />
        {t('validation.summary', { count: state.errors.length })}
      </h2>
      <ul>
        {state.errors.map((error) => (
          <li>
            {error.path === '' ? (
              error.message
            ) : (
              <a href={`#${fieldId(id, error.path)}`}>
                {labels.has(error.path) && `${labels.get(error.path)}: `}
                {error.message}
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
