/** Signing in, and organisations, for people. */
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import type { Parts } from '../app.ts'
import { may, organisationOf, transact } from '../context.ts'
import type { App, C } from '../http/app.ts'
import { requires, z } from '../http/app.ts'
import { text } from '../http/fields.ts'
import { sessionCookie } from '../http/identify.ts'
import { answerForm, type FieldKind, show, viewFor } from '../http/pages.tsx'
import { Actions, Button, LinkButton } from '../ui/button.tsx'
import { DateField, PasswordField, SelectField, TextField } from '../ui/field.tsx'
import { DateText, DescriptionList } from '../ui/figures.tsx'
import { emptyForm, FieldRow, Fieldset, Form, type FormState } from '../ui/form.tsx'
import { Layout, SignedOutLayout } from '../ui/layout.tsx'
import { Table } from '../ui/table.tsx'
import type { View } from '../ui/view.ts'
import { changeOrganisation } from './commands.ts'
import { OrganisationChange } from './organisation.ts'
import { signIn, signOut, switchOrganisation } from './sessions.ts'
import { getOrganisation, listOrganisations, type OrganisationRow } from './store.ts'

export function identityPages(app: App, parts: Parts): void {
  signInPages(app, parts)
  organisationPages(app)
}

function signInPages(app: App, parts: Parts): void {
  app.get('/sign-in', requires('public'), (c) =>
    show(c, <SignInPage view={viewFor(c)} next={nextOf(c.req.query('next'))} state={emptyForm} />),
  )
  app.post('/sign-in', requires('public'), (c) =>
    answerForm(c, {
      schema: z.object({
        email: text(200),
        password: z.string('validation.required').min(1, 'validation.required').max(200),
        next: z.string().optional(),
      }),
      kinds: { email: 'text', password: 'text' },
      act: async ({ email, password, next }) => {
        const address = c.req.header('cf-connecting-ip') ?? c.req.header('x-real-ip') ?? 'local'
        const token = await signIn(c.get('ctx'), parts.secret, {
          email,
          password,
          address,
          user_agent: c.req.header('user-agent') ?? null,
        })
        setCookie(c, sessionCookie, token, {
          path: '/',
          httpOnly: true,
          sameSite: 'Lax',
          secure: parts.production,
          maxAge: 14 * 86_400,
        })
        deleteCookie(c, 'vieta_language')
        return nextOf(next)
      },
      page: (state) => (
        <SignInPage
          view={viewFor(c)}
          next={nextOf(state.values.next)}
          state={{ ...state, values: { ...state.values, password: '' } }}
        />
      ),
    }),
  )
  app.post('/sign-out', requires('public'), async (c) => {
    const token = getCookie(c, sessionCookie)
    if (token !== undefined) await signOut(parts.db, parts.secret, token)
    deleteCookie(c, sessionCookie)
    return c.redirect('/sign-in', 303)
  })
  app.post('/session/organisation', requires('signed_in'), async (c) => {
    const body = await c.req.parseBody()
    await switchOrganisation(
      c.get('ctx'),
      parts.secret,
      getCookie(c, sessionCookie) ?? '',
      String(body.organisation_id ?? ''),
    )
    return c.redirect('/', 303)
  })
  app.post('/session/theme', requires('public'), async (c) => {
    const { theme, next } = await c.req.parseBody()
    setCookie(c, 'vieta_theme', theme === 'light' || theme === 'dark' ? theme : 'system', {
      path: '/',
      sameSite: 'Lax',
      maxAge: 31_536_000,
    })
    return c.redirect(nextOf(next), 303)
  })
}

/** Only ever an address of our own. */
function nextOf(next: unknown): string {
  return typeof next === 'string' && /^\/(?![/\\])/.test(next) ? next : '/'
}

function SignInPage({ view, next, state }: { view: View; next: string; state: FormState }) {
  const { t } = view
  return (
    <SignedOutLayout view={view} title={t('identity.sign_in')}>
      <Form action="/sign-in" state={state} fields={{ next }}>
        <TextField name="email" label={t('identity.email')} type="email" autocomplete="username" />
        <PasswordField name="password" label={t('identity.password')} autocomplete="current-password" />
        <Actions>
          <Button>{t('identity.sign_in_action')}</Button>
        </Actions>
      </Form>
    </SignedOutLayout>
  )
}

const organisationFields: Record<string, FieldKind> = { valid_from: 'date', valid_to: 'date', payment_days: 'integer' }

function organisationPages(app: App): void {
  app.get('/organisations', requires('organisation.read'), async (c) => {
    const rows = await transact(c.get('ctx'), (tx) => listOrganisations(tx, { limit: 200, after: null }))
    return show(c, <OrganisationsPage view={viewFor(c)} rows={rows} />)
  })
  app.get('/organisations/:id', requires('organisation.read'), async (c) => {
    const organisation = await transact(c.get('ctx'), (tx) => getOrganisation(tx, c.req.param('id')))
    return show(c, <OrganisationPage view={viewFor(c)} organisation={organisation} editable={isOwn(c, organisation)} />)
  })
  app.get('/organisations/:id/edit', requires('organisation.manage'), async (c) => {
    const organisation = await transact(c.get('ctx'), (tx) => getOrganisation(tx, c.req.param('id')))
    if (!isOwn(c, organisation)) return c.notFound()
    const values = Object.fromEntries(Object.entries(organisation).map(([name, value]) => [name, String(value ?? '')]))
    return show(
      c,
      <EditOrganisationPage view={viewFor(c)} organisation={organisation} state={{ values, errors: [] }} />,
    )
  })
  app.post('/organisations/:id/edit', requires('organisation.manage'), (c) => {
    const id = c.req.param('id')
    return answerForm(c, {
      schema: OrganisationChange,
      kinds: organisationFields,
      act: async (change) => {
        await changeOrganisation(c.get('ctx'), id, change)
        return `/organisations/${id}?done=organisation_changed`
      },
      page: async (state) => {
        const organisation = await transact(c.get('ctx'), (tx) => getOrganisation(tx, id))
        return <EditOrganisationPage view={viewFor(c)} organisation={organisation} state={state} />
      },
    })
  })
}

function isOwn(c: C, organisation: OrganisationRow): boolean {
  const { actor } = c.get('ctx')
  return (
    may(actor, 'organisation.manage') &&
    (organisation.id === organisationOf(actor) || organisation.region_id === organisationOf(actor))
  )
}

function OrganisationsPage({ view, rows }: { view: View; rows: OrganisationRow[] }) {
  const { t } = view
  return (
    <Layout view={view} title={t('organisation.list')}>
      <Table
        caption={t('organisation.list_caption')}
        rows={rows}
        columns={[
          {
            header: t('organisation.name'),
            names: true,
            cell: (row) => <a href={`/organisations/${row.id}`}>{row.name}</a>,
          },
          { header: t('organisation.code'), cell: (row) => row.code },
          { header: t('organisation.kind'), cell: (row) => t(`organisation.kind.${row.kind as 'municipality'}`) },
          { header: t('organisation.registration_number'), cell: (row) => row.registration_number },
        ]}
      />
    </Layout>
  )
}

function OrganisationPage({
  view,
  organisation,
  editable,
}: {
  view: View
  organisation: OrganisationRow
  editable: boolean
}) {
  const { t } = view
  const it = organisation
  return (
    <Layout
      view={view}
      title={it.name}
      breadcrumbs={[{ href: '/organisations', text: t('organisation.list') }]}
      actions={editable ? <LinkButton href={`/organisations/${it.id}/edit`}>{t('action.edit')}</LinkButton> : null}
    >
      <DescriptionList
        columns
        items={[
          { term: t('organisation.code'), text: it.code },
          { term: t('organisation.kind'), text: t(`organisation.kind.${it.kind as 'municipality'}`) },
          { term: t('organisation.registration_number'), text: it.registration_number },
          { term: t('organisation.vat_number'), text: it.vat_number },
          {
            term: t('organisation.address'),
            text: [it.address, it.locality, it.postal_code].filter(Boolean).join(', ') || null,
          },
          { term: t('organisation.email'), text: it.email },
          { term: t('organisation.phone'), text: it.phone },
          { term: t('organisation.iban'), text: it.iban },
          { term: t('organisation.einvoice'), text: it.einvoice_id && `${it.einvoice_scheme ?? ''}:${it.einvoice_id}` },
          { term: t('organisation.invoice_prefix'), text: it.invoice_prefix },
          { term: t('organisation.payment_days'), text: String(it.payment_days) },
          { term: t('organisation.valid_from'), text: <DateText date={it.valid_from} /> },
          { term: t('organisation.valid_to'), text: it.valid_to && <DateText date={it.valid_to} /> },
        ]}
      />
    </Layout>
  )
}

function EditOrganisationPage({
  view,
  organisation,
  state,
}: {
  view: View
  organisation: OrganisationRow
  state: FormState
}) {
  const { t } = view
  return (
    <Layout
      view={view}
      title={t('organisation.edit')}
      breadcrumbs={[
        { href: '/organisations', text: t('organisation.list') },
        { href: `/organisations/${organisation.id}`, text: organisation.name },
      ]}
    >
      <Form action={`/organisations/${organisation.id}/edit`} state={state}>
        <Fieldset legend={t('organisation.identity')}>
          <TextField name="name" label={t('organisation.name')} />
          <TextField name="name_en" label={t('organisation.name_en')} optional />
          <FieldRow>
            <TextField
              name="registration_number"
              label={t('organisation.registration_number')}
              width="medium"
              inputmode="numeric"
              optional
            />
            <TextField name="vat_number" label={t('organisation.vat_number')} width="medium" optional />
          </FieldRow>
        </Fieldset>
        <Fieldset legend={t('organisation.contact')}>
          <TextField name="address" label={t('organisation.address')} optional />
          <FieldRow>
            <TextField name="locality" label={t('organisation.locality')} width="medium" optional />
            <TextField name="postal_code" label={t('organisation.postal_code')} width="short" optional />
          </FieldRow>
          <FieldRow>
            <TextField name="email" label={t('organisation.email')} type="email" width="medium" optional />
            <TextField name="phone" label={t('organisation.phone')} type="tel" width="medium" optional />
          </FieldRow>
        </Fieldset>
        <Fieldset legend={t('organisation.invoicing')}>
          <FieldRow>
            <TextField name="iban" label={t('organisation.iban')} width="medium" optional />
            <TextField name="bank_name" label={t('organisation.bank_name')} width="medium" optional />
          </FieldRow>
          <FieldRow>
            <TextField
              name="einvoice_scheme"
              label={t('organisation.einvoice_scheme')}
              hint={t('organisation.einvoice_scheme_hint')}
              width="short"
              optional
            />
            <TextField name="einvoice_id" label={t('organisation.einvoice_id')} width="medium" optional />
          </FieldRow>
          <FieldRow>
            <TextField name="invoice_prefix" label={t('organisation.invoice_prefix')} width="short" />
            <TextField name="payment_days" label={t('organisation.payment_days')} width="short" inputmode="numeric" />
            <SelectField
              name="invoice_language"
              label={t('organisation.invoice_language')}
              empty={false}
              options={[
                { value: 'lv', label: t('layout.lv') },
                { value: 'en', label: t('layout.en') },
              ]}
            />
          </FieldRow>
        </Fieldset>
        <Fieldset legend={t('organisation.validity')}>
          <FieldRow>
            <DateField name="valid_from" label={t('organisation.valid_from')} />
            <DateField name="valid_to" label={t('organisation.valid_to')} optional />
          </FieldRow>
        </Fieldset>
        <Actions>
          <Button>{t('action.save')}</Button>
          <LinkButton href={`/organisations/${organisation.id}`} kind="quiet">
            {t('action.cancel')}
          </LinkButton>
        </Actions>
      </Form>
    </Layout>
  )
}
