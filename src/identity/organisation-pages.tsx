/** Organisations for people: the list, one organisation with its providers, adding and editing. */
import type { PropsWithChildren } from 'hono/jsx'
import { may, organisationOf, transact } from '../context.ts'
import type { Db, Tx } from '../db/connect.ts'
import type { App, C } from '../http/app.ts'
import { requires } from '../http/app.ts'
import { answerForm, type FieldKind, show, viewFor } from '../http/pages.tsx'
import { Section } from '../ui/blocks.tsx'
import { Actions, Button, LinkButton } from '../ui/button.tsx'
import { CheckboxField, DateField, SelectField, TextField } from '../ui/field.tsx'
import { DateText, DescriptionList } from '../ui/figures.tsx'
import { FieldRow, Fieldset, Form, type FormState } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import { Badge } from '../ui/status-badge.tsx'
import { Table } from '../ui/table.tsx'
import type { View } from '../ui/view.ts'
import { addOrganisation, changeOrganisation } from './commands.ts'
import { namedSchemes } from './electronic-address.ts'
import { OrganisationChange, OrganisationNew } from './organisation.ts'
import { ProviderTable } from './provider-pages.tsx'
import { ShownOnce } from './shown-once.tsx'
import { getOrganisation, listOrganisations, listProviders, type OrganisationRow, type ProviderRow } from './store.ts'

const kinds: Record<string, FieldKind> = {
  valid_from: 'date',
  valid_to: 'date',
  payment_days: 'integer',
  outside_vat: 'boolean',
}
const most = { limit: 1000, after: null }

export function organisationPages(app: App): void {
  app.get('/organisations', requires('organisation.read'), async (c) => {
    const rows = await transact(c.get('ctx'), (tx) => listOrganisations(tx, most))
    return show(c, <OrganisationsPage view={viewFor(c)} rows={rows} />)
  })
  addingPages(app)
  app.get('/organisations/:id', requires('organisation.read'), async (c) => {
    const ctx = c.get('ctx')
    const { found, beside } = await transact(ctx, async (tx) => {
      const found = await loadOrganisation(tx, c.req.param('id'))
      const beside = []
      for (const read of c.get('beside_organisation')) beside.push(await read(tx, ctx, found.organisation))
      return { found, beside }
    })
    const view = viewFor(c)
    return show(
      c,
      <OrganisationPage view={view} {...found} {...mayKeep(c, found.organisation)}>
        {beside.map((part) => part(view))}
      </OrganisationPage>,
    )
  })
  app.get('/organisations/:id/edit', requires('organisation.manage'), async (c) => {
    const found = await transact(c.get('ctx'), (tx) => loadForForm(tx, c.req.param('id')))
    if (!mayKeep(c, found.organisation).editable) return c.notFound()
    const facts = Object.entries(found.organisation)
    const values = Object.fromEntries(facts.map(([name, value]) => [name, value === false ? '' : String(value ?? '')]))
    return show(c, <EditOrganisationPage view={viewFor(c)} {...found} state={{ values, errors: [] }} />)
  })
  app.post('/organisations/:id/edit', requires('organisation.manage'), (c) => {
    const id = c.req.param('id')
    return answerForm(c, {
      schema: OrganisationChange,
      kinds,
      act: async (change) => {
        await changeOrganisation(c.get('ctx'), id, change)
        return `/organisations/${id}?done=organisation_changed`
      },
      page: async (state) => {
        const found = await transact(c.get('ctx'), (tx) => loadForForm(tx, id))
        return <EditOrganisationPage view={viewFor(c)} {...found} state={state} />
      },
    })
  })
}

function addingPages(app: App): void {
  const page = async (c: C, state: FormState) => {
    const others = await transact(c.get('ctx'), (tx) => listOrganisations(tx, most))
    return <AddOrganisationPage view={viewFor(c)} others={others} state={state} />
  }
  app.get('/organisations/new', requires('organisation.add'), async (c) => {
    const values = { kind: 'municipality', payment_days: '30', invoice_language: 'lv', 'administrator.language': 'lv' }
    return show(c, await page(c, { values, errors: [] }))
  })
  app.post('/organisations/new', requires('organisation.add'), (c) =>
    answerForm(c, {
      schema: OrganisationNew,
      kinds,
      assemble: ({
        'administrator.email': email,
        'administrator.name': name,
        'administrator.language': language,
        ...rest
      }) => ({ ...rest, administrator: { email, name, language } }),
      act: async (input) => {
        const { organisation, password } = await addOrganisation(c.get('ctx'), input)
        c.header('cache-control', 'no-store')
        return show(
          c,
          <OrganisationAddedPage
            view={viewFor(c)}
            organisation={organisation}
            email={input.administrator.email}
            name={input.administrator.name}
            password={password}
          />,
          201,
        )
      },
      page: (state) => page(c, state),
    }),
  )
}

async function loadOrganisation(tx: Db | Tx, id: string) {
  const organisation = await getOrganisation(tx, id)
  const others = [organisation.region_id, organisation.successor_id].filter((other) => other !== null)
  const named =
    others.length === 0 ? [] : await tx.selectFrom('organisation').selectAll().where('id', 'in', others).execute()
  return { organisation, named, providers: await listProviders(tx, { municipality_id: organisation.id }, most) }
}

async function loadForForm(tx: Db | Tx, id: string) {
  return { organisation: await getOrganisation(tx, id), others: await listOrganisations(tx, most) }
}

/** What the reader may change here: the facts of the own organisation and of the own region's, the providers of the own one. */
function mayKeep(c: C, organisation: OrganisationRow): { editable: boolean; keepsProviders: boolean } {
  const { actor } = c.get('ctx')
  const own = organisationOf(actor)
  return {
    editable: may(actor, 'organisation.manage') && (organisation.id === own || organisation.region_id === own),
    keepsProviders: may(actor, 'provider.manage') && organisation.id === own,
  }
}

function OrganisationsPage({ view, rows }: { view: View; rows: OrganisationRow[] }) {
  const { t, format } = view
  return (
    <Layout
      view={view}
      title={t('organisation.list')}
      actions={
        view.can('organisation.add') && (
          <LinkButton href="/organisations/new" kind="primary" icon="plus">
            {t('organisation.add')}
          </LinkButton>
        )
      }
    >
      <Table
        caption={t('organisation.list_caption')}
        rows={rows}
        columns={[
          {
            header: t('organisation.name'),
            names: true,
            cell: (row) => (
              <>
                <a href={`/organisations/${row.id}`}>{row.name}</a>{' '}
                {row.valid_to !== null && (
                  <Badge tone="quiet">{t('organisation.ended', { date: format.date(row.valid_to) })}</Badge>
                )}
              </>
            ),
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
  organisation: it,
  named,
  providers,
  editable,
  keepsProviders,
  children,
}: PropsWithChildren<{
  view: View
  organisation: OrganisationRow
  named: OrganisationRow[]
  providers: ProviderRow[]
  editable: boolean
  keepsProviders: boolean
}>) {
  const { t } = view
  const link = (id: string | null) => {
    const other = named.find((row) => row.id === id)
    return other === undefined ? null : <a href={`/organisations/${other.id}`}>{other.name}</a>
  }
  return (
    <Layout
      view={view}
      title={it.name}
      breadcrumbs={[{ href: '/organisations', text: t('organisation.list') }]}
      actions={
        <>
          {editable && (
            <>
              <LinkButton href={`/organisations/${it.id}/edit`} icon="pencil">
                {t('action.edit')}
              </LinkButton>
              <LinkButton href={`/organisations/${it.id}/look`}>{t('look.title')}</LinkButton>
            </>
          )}
          {view.organisation?.id === it.id && view.can('wish.manage') && (
            <LinkButton href="/document-wishes">{t('wish.title')}</LinkButton>
          )}
        </>
      }
    >
      <DescriptionList
        columns
        items={[
          { term: t('organisation.code'), text: it.code },
          { term: t('organisation.kind'), text: t(`organisation.kind.${it.kind as 'municipality'}`) },
          { term: t('organisation.name_en'), text: it.name_en },
          { term: t('organisation.region'), text: link(it.region_id) },
          { term: t('organisation.registration_number'), text: it.registration_number },
          {
            term: t('organisation.vat_number'),
            text: it.outside_vat ? t('organisation.outside_vat_short') : it.vat_number,
          },
          { term: t('organisation.trading_name'), text: it.trading_name },
          {
            term: t('organisation.address'),
            text: [it.address, it.locality, it.district, it.postal_code].filter(Boolean).join(', ') || null,
          },
          { term: t('organisation.email'), text: it.email },
          { term: t('organisation.phone'), text: it.phone },
          { term: t('organisation.iban'), text: it.iban && [it.iban, it.bank_name, it.bic].filter(Boolean).join(', ') },
          { term: t('organisation.einvoice'), text: it.einvoice_id && `${it.einvoice_scheme ?? ''}:${it.einvoice_id}` },
          { term: t('organisation.invoice_prefix'), text: it.invoice_prefix },
          { term: t('organisation.payment_days'), text: String(it.payment_days) },
          { term: t('organisation.valid_from'), text: <DateText date={it.valid_from} /> },
          { term: t('organisation.valid_to'), text: it.valid_to && <DateText date={it.valid_to} /> },
          { term: t('organisation.successor'), text: link(it.successor_id) },
        ]}
      />
      {it.kind !== 'region' && (
        <Section
          title={t('provider.list')}
          actions={
            keepsProviders && (
              <LinkButton href={`/organisations/${it.id}/providers/new`} icon="plus">
                {t('provider.add')}
              </LinkButton>
            )
          }
        >
          <ProviderTable organisation={it} providers={providers} editable={keepsProviders} />
        </Section>
      )}
      {children}
    </Layout>
  )
}

function EditOrganisationPage({
  view,
  organisation,
  others,
  state,
}: {
  view: View
  organisation: OrganisationRow
  others: OrganisationRow[]
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
          <IdentityFields view={view} />
        </Fieldset>
        <ContactFields view={view} />
        <InvoicingFields view={view} chosen={String(state.values.einvoice_scheme ?? '')} />
        <ValidityFields view={view} others={others.filter((other) => other.id !== organisation.id)} />
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

function AddOrganisationPage({ view, others, state }: { view: View; others: OrganisationRow[]; state: FormState }) {
  const { t } = view
  return (
    <Layout
      view={view}
      title={t('organisation.add')}
      lead={t('organisation.add_lead')}
      breadcrumbs={[{ href: '/organisations', text: t('organisation.list') }]}
    >
      <Form action="/organisations/new" state={state}>
        <Fieldset legend={t('organisation.identity')}>
          <FieldRow>
            <SelectField
              name="kind"
              label={t('organisation.kind')}
              empty={false}
              options={(['municipality', 'state'] as const).map((kind) => ({
                value: kind,
                label: t(`organisation.kind.${kind}`),
              }))}
            />
            <TextField
              name="code"
              label={t('organisation.code')}
              hint={t('organisation.code_hint')}
              width="short"
              maxlength={8}
            />
          </FieldRow>
          <IdentityFields view={view} />
        </Fieldset>
        <Fieldset legend={t('organisation.administrator')} hint={t('organisation.administrator_hint')}>
          <TextField
            name="administrator.email"
            label={t('organisation.administrator_email')}
            type="email"
            autocomplete="off"
          />
          <TextField name="administrator.name" label={t('organisation.administrator_name')} autocomplete="off" />
          <LanguageField view={view} name="administrator.language" label={t('organisation.administrator_language')} />
        </Fieldset>
        <ContactFields view={view} />
        <InvoicingFields view={view} chosen={String(state.values.einvoice_scheme ?? '')} />
        <ValidityFields view={view} others={others} />
        <Actions>
          <Button>{t('organisation.add')}</Button>
          <LinkButton href="/organisations" kind="quiet">
            {t('action.cancel')}
          </LinkButton>
        </Actions>
      </Form>
    </Layout>
  )
}

function OrganisationAddedPage({
  view,
  organisation,
  email,
  name,
  password,
}: {
  view: View
  organisation: OrganisationRow
  email: string
  name: string
  password: string | null
}) {
  const { t } = view
  return (
    <Layout
      view={view}
      title={t('organisation.added')}
      breadcrumbs={[{ href: '/organisations', text: t('organisation.list') }]}
    >
      <ShownOnce
        warning={password === null ? null : t('person.password_once')}
        done={password === null ? t('person.added_known', { name: email }) : null}
        items={[
          {
            term: t('organisation.name'),
            text: <a href={`/organisations/${organisation.id}`}>{organisation.name}</a>,
          },
          { term: t('organisation.administrator'), text: password === null ? null : name },
          { term: t('person.email'), text: email },
          { term: t('identity.password'), text: password && <code>{password}</code> },
        ]}
      />
    </Layout>
  )
}

export function LanguageField({ view, name, label }: { view: View; name: string; label: string }) {
  const { t } = view
  const options = (['lv', 'en'] as const).map((language) => ({ value: language, label: t(`layout.${language}`) }))
  return <SelectField name={name} label={label} empty={false} options={options} />
}

function IdentityFields({ view: { t } }: { view: View }) {
  return (
    <>
      <TextField name="name" label={t('organisation.name')} />
      <TextField name="name_en" label={t('organisation.name_en')} optional />
      <TextField
        name="trading_name"
        label={t('organisation.trading_name')}
        hint={t('organisation.trading_name_hint')}
        optional
      />
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
      <CheckboxField
        name="outside_vat"
        label={t('organisation.outside_vat')}
        hint={t('organisation.outside_vat_hint')}
      />
    </>
  )
}

function ContactFields({ view: { t } }: { view: View }) {
  return (
    <Fieldset legend={t('organisation.contact')}>
      <TextField name="address" label={t('organisation.address')} optional />
      <FieldRow>
        <TextField name="locality" label={t('organisation.locality')} width="medium" optional />
        <TextField name="district" label={t('organisation.district')} width="medium" optional />
        <TextField name="postal_code" label={t('organisation.postal_code')} width="short" optional />
      </FieldRow>
      <FieldRow>
        <TextField name="email" label={t('organisation.email')} type="email" width="medium" optional />
        <TextField name="phone" label={t('organisation.phone')} type="tel" width="medium" optional />
      </FieldRow>
    </Fieldset>
  )
}

/** The schemes of Latvia and GLN by name; another of the list stays where the API has set it. */
function SchemeField({ view: { t }, chosen }: { view: View; chosen: string }) {
  const named = namedSchemes.map((scheme) => ({ value: scheme, label: t(`organisation.einvoice_scheme.${scheme}`) }))
  const known = chosen === '' || named.some(({ value }) => value === chosen)
  return (
    <SelectField
      name="einvoice_scheme"
      label={t('organisation.einvoice_scheme')}
      hint={t('organisation.einvoice_scheme_hint')}
      options={known ? named : [...named, { value: chosen, label: chosen }]}
      optional
    />
  )
}

function InvoicingFields({ view, chosen }: { view: View; chosen: string }) {
  const { t } = view
  return (
    <Fieldset legend={t('organisation.invoicing')}>
      <FieldRow>
        <TextField name="iban" label={t('organisation.iban')} width="medium" optional />
        <TextField name="bank_name" label={t('organisation.bank_name')} width="medium" optional />
        <TextField name="bic" label={t('organisation.bic')} width="short" maxlength={11} optional />
      </FieldRow>
      <FieldRow>
        <SchemeField view={view} chosen={chosen} />
        <TextField name="einvoice_id" label={t('organisation.einvoice_id')} width="medium" optional />
      </FieldRow>
      <FieldRow>
        <TextField
          name="invoice_prefix"
          label={t('organisation.invoice_prefix')}
          hint={t('organisation.invoice_prefix_hint')}
          width="short"
          maxlength={12}
        />
        <TextField name="payment_days" label={t('organisation.payment_days')} width="short" inputmode="numeric" />
        <LanguageField view={view} name="invoice_language" label={t('organisation.invoice_language')} />
      </FieldRow>
    </Fieldset>
  )
}

function ValidityFields({ view: { t }, others }: { view: View; others: OrganisationRow[] }) {
  return (
    <Fieldset legend={t('organisation.validity')}>
      <FieldRow>
        <DateField name="valid_from" label={t('organisation.valid_from')} />
        <DateField name="valid_to" label={t('organisation.valid_to')} optional />
      </FieldRow>
      <SelectField
        name="successor_id"
        label={t('organisation.successor')}
        hint={t('organisation.successor_hint')}
        optional
        options={others.map((other) => ({ value: other.id, label: other.name }))}
      />
    </Fieldset>
  )
}
