/** What every page handler shares: the view of the request, showing a page, reading and answering a form. */

import { getCookie } from 'hono/cookie'
import type { JSX } from 'hono/jsx/jsx-runtime'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { z } from 'zod'
import { type Context, may } from '../context.ts'
import type { Permission } from '../identity/permissions.ts'
import { Refusal } from '../refusal.ts'
import { rehearse } from '../rehearse.ts'
import { ConsequencesShown } from '../ui/consequences.tsx'
import { ErrorPage } from '../ui/error-page.tsx'
import type { FormState } from '../ui/form.tsx'
import { parseDateInput, parseDecimalInput, parseMonthInput } from '../ui/input.ts'
import { isTextKey, translator } from '../ui/texts.ts'
import { type Theme, type View, viewOf } from '../ui/view.ts'
import type { C } from './app.ts'
import { dryRunField, isDryRun } from './dry-run.ts'
import { checkedBy, explainRefusal, fieldErrorsOf, refusalOf, statusOfRefusal } from './problem.ts'

/** What a page is given. `?done=<key>` of an address that a form led to becomes the notice `done.<key>`. */
export function viewFor(c: C): View {
  const signedIn = c.get('signed_in')
  const language = c.get('language')
  const url = new URL(c.req.url)
  const done = `done.${url.searchParams.get('done') ?? ''}`
  url.searchParams.delete('lang')
  url.searchParams.delete('done')
  const theme = getCookie(c, 'vieta_theme')
  return viewOf({
    language,
    theme: theme === 'light' || theme === 'dark' ? theme : ('system' as Theme),
    path: url.pathname + url.search,
    person: signedIn === null ? null : { name: signedIn.name },
    organisation:
      signedIn === null
        ? null
        : { id: signedIn.organisation.id, name: signedIn.organisation.name, short: signedIn.organisation.code },
    memberships: signedIn?.memberships ?? [],
    can: (permission: string) => may(c.get('ctx').actor, permission as Permission),
    notice: isTextKey(done) ? { kind: 'success', text: translator(language)(done) } : undefined,
    demo: c.get('demo'),
    ...unreadOf(c),
  })
}

function unreadOf(c: C): { unread?: ReadonlySet<string> } {
  const unread = c.get('unread')
  return unread === undefined ? {} : { unread }
}

/** Answers with a whole page. */
export function show(
  c: C,
  page: JSX.Element | Promise<JSX.Element>,
  status: ContentfulStatusCode = 200,
): Response | Promise<Response> {
  return c.html(page as never, status)
}

export function errorPage(
  c: C,
  status: ContentfulStatusCode,
  title: string,
  errors: { message: string }[],
): Response | Promise<Response> {
  const text = [title, ...errors.map((error) => error.message)].join(' ')
  return show(c, <ErrorPage view={viewFor(c)} status={status} text={text} request_id={c.get('request_id')} />, status)
}

/** How a form's text becomes the value that the input's schema wants. A field not named here is text. */
export type FieldKind = 'text' | 'decimal' | 'date' | 'month' | 'integer' | 'boolean' | 'list'

export interface Form<T> {
  schema: z.ZodType<T>
  kinds: Record<string, FieldKind>
  /** where some inputs need more than one field: makes the schema's object from the form's values */
  assemble?: (values: Record<string, unknown>) => unknown
  /**
   * carries it out; gives the address to go to, with `?done=<key>` where a sentence should stand there,
   * or the page itself where it shows what is shown once
   */
  act: (input: T, ctx: Context) => Promise<string | Response>
  /** the form can be asked what saving it would lead to; `act` then works with the context that it is given */
  rehearsed?: true | 'withdrawing'
  /** the form again, with what was typed and what is wrong */
  page: (state: FormState) => JSX.Element | Promise<JSX.Element>
}

/**
 * What the address of a page asks: dates and amounts as people type them, empty fields left out.
 * @throws Refusal `invalid_input`
 */
export function readQuery<T>(c: C, schema: z.ZodType<T>, kinds: Record<string, FieldKind> = {}): T {
  return checkedBy(schema, fromForm(c.req.query(), kinds))
}

/** One form post: read, check, carry out, go on; or the same form again with every error named. */
export async function answerForm<T>(c: C, form: Form<T>): Promise<Response> {
  const values = await formValues(c)
  const read = fromForm(values, form.kinds)
  const parsed = form.schema.safeParse(form.assemble ? form.assemble(read) : read)
  const again = (refusal: Refusal) => {
    const { title, errors } = explainRefusal(refusal, c.get('language'))
    const shown = errors.length > 0 ? errors : [{ path: '', message: title }]
    return Promise.resolve(form.page({ values, errors: onePerField(shown, values) })).then((page) =>
      show(c, page, statusOfRefusal(refusal)),
    )
  }
  if (!parsed.success) return again(new Refusal('invalid_input', {}, fieldErrorsOf(parsed.error)))
  const ctx = c.get('ctx')
  try {
    if (form.rehearsed && (await isDryRun(c))) {
      const consequences = await rehearse(ctx, c.get('foresee'), (rehearsing) => form.act(parsed.data, rehearsing))
      const above = <ConsequencesShown consequences={consequences} withdrawing={form.rehearsed === 'withdrawing'} />
      return show(c, await form.page({ values, errors: [], above }))
    }
    const done = await form.act(parsed.data, ctx)
    return typeof done === 'string' ? c.redirect(done, 303) : done
  } catch (error) {
    const refusal = refusalOf(error)
    if (refusal === null || ['not_found', 'not_signed_in', 'already_carried_out'].includes(refusal.code)) throw error
    return again(refusal)
  }
}

type Shown = { path: string; message: string }

/** One mistake is told once: the first error of each field, and that of a part of a list at the field it was typed in. */
function onePerField(errors: readonly Shown[], values: Record<string, unknown>): Shown[] {
  const atField = errors.map(({ path, message }) => {
    const [head = ''] = path.split('.')
    return { path: path in values || !(head in values) ? path : head, message }
  })
  return atField.filter(
    ({ path, message }, index) =>
      atField.findIndex((other) => other.path === path && (path !== '' || other.message === message)) === index,
  )
}

/** The texts of a form as they were typed; a field given several times is a list. Files are left out. */
export async function formValues(c: C): Promise<Record<string, string | string[]>> {
  const body = await c.req.parseBody({ all: true })
  const values: Record<string, string | string[]> = {}
  for (const [name, value] of Object.entries(body)) {
    if (name === '_key' || name === dryRunField) continue
    if (typeof value === 'string') values[name] = value.replace(/\r\n/g, '\n')
    else if (Array.isArray(value)) values[name] = value.filter((part) => typeof part === 'string')
  }
  return values
}

function fromForm(
  values: Record<string, string | string[]>,
  kinds: Record<string, FieldKind>,
): Record<string, unknown> {
  const read: Record<string, unknown> = {}
  for (const name of new Set([...Object.keys(values), ...Object.keys(kinds)])) {
    const kind = kinds[name] ?? 'text'
    const given = values[name]
    if (kind === 'list')
      read[name] = (given === undefined ? [] : Array.isArray(given) ? given : [given]).filter((part) => part !== '')
    else if (kind === 'boolean') read[name] = given !== undefined && given !== '' && given !== 'false'
    else {
      const typed = (Array.isArray(given) ? (given.at(-1) ?? '') : (given ?? '')).trim()
      if (typed !== '') read[name] = readField(kind, typed)
    }
  }
  return read
}

/** What cannot be read is passed on as it was typed: the schema then says what is wrong with it. */
function readField(kind: FieldKind, typed: string): unknown {
  switch (kind) {
    case 'decimal':
      return parseDecimalInput(typed) ?? typed
    case 'date':
      return parseDateInput(typed) ?? typed
    case 'month':
      return parseMonthInput(typed) ?? typed
    case 'integer':
      return /^-?\d{1,9}$/.test(typed) ? Number(typed) : typed
    default:
      return typed
  }
}
