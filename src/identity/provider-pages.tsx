/** Service providers of a municipality, for the people who keep them. */
import { may, organisationOf, transact } from '../context.ts'
import type { App, C } from '../http/app.ts'
import { requires } from '../http/app.ts'
import { answerForm, type FieldKind, show, viewFor } from '../http/pages.tsx'
import { refuse } from '../refusal.ts'
import { Empty } from '../ui/blocks.tsx'
import { Actions, Button, LinkButton } from '../ui/button.tsx'
import { DateField, SelectField, TextField } from '../ui/field.tsx'
import { FieldRow, Form, type FormState } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import { Table } from '../ui/table.tsx'
import type { View } from '../ui/view.ts'
import { useView } from '../ui/view-context.tsx'
import { addProvider, changeProvider } from './commands.ts'
import { ownerTypes, ProviderInput } from './provider.ts'
import { getOrganisation, getProvider, type OrganisationRow, type ProviderRow } from './store.ts'

const kinds: Record<string, FieldKind> = { valid_from: 'date', valid_to: 'date' }

export function providerPages(app: App): void {
  app.get('/organisations/:id/providers/new', requires('provider.manage'), async (c) => {
    const organisation = await ownOrganisation(c, c.req.param('id'))
    const state = { values: { owner_type: 'municipal', valid_from: c.get('ctx').clock.today() }, errors: [] }
    return show(c, <ProviderPage view={viewFor(c)} organisation={organisation} provider={null} state={state} />)
  })
  app.post('/organisations/:id/providers/new', requires('provider.manage'), async (c) => {
    const organisation = await ownOrganisation(c, c.req.param('id'))
    return answerForm(c, {
      schema: ProviderInput,
      kinds,
      act: async (input) => {
        await addProvider(c.get('ctx'), input)
        return `/organisations/${organisation.id}?done=provider_added`
      },
      page: (state) => <ProviderPage view={viewFor(c)} organisation={organisation} provider={null} state={state} />,
    })
  })
  app.get('/organisations/:id/providers/:provider/edit', requires('provider.manage'), async (c) => {
    const organisation = await ownOrganisation(c, c.req.param('id'))
    const provider = await providerOf(c, organisation, c.req.param('provider'))
    const facts = Object.entries(provider)
    const values = Object.fromEntries(facts.map(([name, value]) => [name, String(value ?? '')]))
    const state = { values, errors: [] }
    return show(c, <ProviderPage view={viewFor(c)} organisation={organisation} provider={provider} state={state} />)
  })
  app.post('/organisations/:id/providers/:provider/edit', requires('provider.manage'), async (c) => {
    const organisation = await ownOrganisation(c, c.req.param('id'))
    const provider = await providerOf(c, organisation, c.req.param('provider'))
    return answerForm(c, {
      schema: ProviderInput,
      kinds,
      act: async (input) => {
        await changeProvider(c.get('ctx'), provider.id, input)
        return `/organisations/${organisation.id}?done=provider_changed`
      },
      page: (state) => <ProviderPage view={viewFor(c)} organisation={organisation} provider={provider} state={state} />,
    })
  })
}

/** @throws Refusal `not_found` for another organisation: its providers are not the reader's to keep */
async function ownOrganisation(c: C, id: string): Promise<OrganisationRow> {
  const { actor } = c.get('ctx')
  const organisation = await transact(c.get('ctx'), (tx) => getOrganisation(tx, id))
  if (organisation.id !== organisationOf(actor) || !may(actor, 'provider.manage')) refuse('not_found')
  return organisation
}

async function providerOf(c: C, organisation: OrganisationRow, id: string): Promise<ProviderRow> {
  const provider = await transact(c.get('ctx'), (tx) => getProvider(tx, id))
  if (provider.municipality_id !== organisation.id) refuse('not_found')
  return provider
}

export function ProviderTable({
  organisation,
  providers,
  editable,
}: {
  organisation: OrganisationRow
  providers: ProviderRow[]
  editable: boolean
}) {
  const { t, format } = useView()
  const none = editable ? (
    <Empty
      icon="organisations"
      title={t('provider.none')}
      action={{ href: `/organisations/${organisation.id}/providers/new`, text: t('provider.add') }}
    >
      {t('provider.none_text')}
    </Empty>
  ) : (
    <p class="muted">{t('provider.none_foreign')}</p>
  )
  return (
    <Table
      caption={t('provider.list_caption', { organisation: organisation.name })}
      captionHidden
      rows={providers}
      empty={none}
      columns={[
        {
          header: t('provider.name'),
          names: true,
          cell: (row) =>
            editable ? <a href={`/organisations/${organisation.id}/providers/${row.id}/edit`}>{row.name}</a> : row.name,
        },
        { header: t('provider.owner_type'), cell: (row) => t(`provider.owner_type.${row.owner_type as 'ngo'}`) },
        { header: t('provider.register_number_short'), cell: (row) => row.register_number },
        { header: t('organisation.address'), cell: (row) => row.address },
        { header: t('common.period'), cell: (row) => format.period(row.valid_from, row.valid_to) },
      ]}
    />
  )
}

function ProviderPage({
  view,
  organisation,
  provider,
  state,
}: {
  view: View
  organisation: OrganisationRow
  provider: ProviderRow | null
  state: FormState
}) {
  const { t } = view
  const here = `/organisations/${organisation.id}`
  return (
    <Layout
      view={view}
      title={provider === null ? t('provider.add') : t('provider.edit')}
      breadcrumbs={[
        { href: '/organisations', text: t('organisation.list') },
        { href: here, text: organisation.name },
      ]}
    >
      <Form
        action={provider === null ? `${here}/providers/new` : `${here}/providers/${provider.id}/edit`}
        state={state}
      >
        <TextField name="name" label={t('provider.name')} />
        <SelectField
          name="owner_type"
          label={t('provider.owner_type')}
          empty={false}
          options={ownerTypes.map((type) => ({ value: type, label: t(`provider.owner_type.${type}`) }))}
        />
        <TextField
          name="register_number"
          label={t('provider.register_number')}
          hint={t('provider.register_number_hint')}
          width="medium"
          optional
        />
        <TextField
          name="registration_number"
          label={t('organisation.registration_number')}
          width="medium"
          inputmode="numeric"
          optional
        />
        <TextField name="address" label={t('organisation.address')} optional />
        <FieldRow>
          <TextField name="email" label={t('organisation.email')} type="email" width="medium" optional />
          <TextField name="phone" label={t('organisation.phone')} type="tel" width="medium" optional />
        </FieldRow>
        <FieldRow>
          <DateField name="valid_from" label={t('provider.valid_from')} />
          <DateField name="valid_to" label={t('provider.valid_to')} optional />
        </FieldRow>
        <Actions>
          <Button>{t('action.save')}</Button>
          <LinkButton href={here} kind="quiet">
            {t('action.cancel')}
          </LinkButton>
        </Actions>
      </Form>
    </Layout>
  )
}
