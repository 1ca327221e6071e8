/** The people of one's own organisation and their roles, for its administrator. */
import { organisationOf, personOf, transact } from '../context.ts'
import type { App, C } from '../http/app.ts'
import { requires, z } from '../http/app.ts'
import { answerForm, show, viewFor } from '../http/pages.tsx'
import { Section } from '../ui/blocks.tsx'
import { Actions, Button, Confirm, LinkButton, PostButton } from '../ui/button.tsx'
import { CheckboxesField, TextField } from '../ui/field.tsx'
import { DescriptionList } from '../ui/figures.tsx'
import { Form, type FormState } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import { Badge } from '../ui/status-badge.tsx'
import { Table } from '../ui/table.tsx'
import type { View } from '../ui/view.ts'
import { useView } from '../ui/view-context.tsx'
import { addPerson, changeRoles, disablePerson, enablePerson, resetPassword } from './commands.ts'
import { LanguageField } from './organisation-pages.tsx'
import { rolesIn } from './permissions.ts'
import { PersonInput, RolesInput } from './person.ts'
import { ShownOnce } from './shown-once.tsx'
import { findPerson, getOrganisation, getPerson, listPeople, type OrganisationRow, type PersonRow } from './store.ts'

type Kind = 'municipality' | 'region' | 'state'

export function peoplePages(app: App): void {
  app.get('/people', requires('person.manage'), async (c) => {
    const ctx = c.get('ctx')
    const own = organisationOf(ctx.actor)
    const { organisation, rows } = await transact(ctx, async (tx) => ({
      organisation: await getOrganisation(tx, own),
      rows: await listPeople(tx, own, { limit: 1000, after: null }),
    }))
    return show(c, <PeoplePage view={viewFor(c)} organisation={organisation} rows={rows} me={personOf(ctx.actor)} />)
  })
  addingPages(app)
  personPages(app)
  accessActions(app)
}

function addingPages(app: App): void {
  const page = async (c: C, state: FormState) => (
    <AddPersonPage view={viewFor(c)} organisation={await ownOrganisation(c)} state={state} />
  )
  app.get('/people/new', requires('person.manage'), async (c) =>
    show(c, await page(c, { values: { language: 'lv' }, errors: [] })),
  )
  app.post('/people/new', requires('person.manage'), (c) =>
    answerForm(c, {
      schema: PersonInput,
      kinds: { roles: 'list' },
      act: async (input) => {
        const { person, password } = await addPerson(c.get('ctx'), input)
        return showPassword(c, person, password, 'person.added')
      },
      page: (state) => page(c, state),
    }),
  )
}

function personPages(app: App): void {
  app.get('/people/:id', requires('person.manage'), async (c) => show(c, await personPage(c, c.req.param('id'), [])))
  app.post('/people/:id', requires('person.manage'), (c) => {
    const id = c.req.param('id')
    return answerForm(c, {
      schema: RolesInput,
      kinds: { roles: 'list' },
      act: async ({ roles }) => {
        const ctx = c.get('ctx')
        await changeRoles(ctx, id, roles)
        const left = await transact(ctx, (tx) => findPerson(tx, organisationOf(ctx.actor), id))
        return left === null ? '/people?done=person_removed' : `/people/${id}?done=roles_changed`
      },
      page: (state) => personPage(c, id, state.errors, { roles: state.values.roles ?? [] }),
    })
  })
}

/** The acts beside the roles. A refused one is said on the person's page, where its button stands. */
function accessActions(app: App): void {
  const act = (path: 'disable' | 'enable' | 'password', carryOut: (c: C, id: string) => Promise<string | Response>) => {
    app.get(`/people/:id/${path}`, requires('person.manage'), (c) => c.redirect(`/people/${c.req.param('id')}`, 303))
    app.post(`/people/:id/${path}`, requires('person.manage'), (c) => {
      const id = c.req.param('id') ?? ''
      return answerForm(c, {
        schema: z.object({}),
        kinds: {},
        act: () => carryOut(c, id),
        page: ({ errors }) => personPage(c, id, errors),
      })
    })
  }
  act('disable', async (c, id) => {
    await disablePerson(c.get('ctx'), id)
    return `/people/${id}?done=person_disabled`
  })
  act('enable', async (c, id) => {
    await enablePerson(c.get('ctx'), id)
    return `/people/${id}?done=person_enabled`
  })
  act('password', async (c, id) => {
    const { person, password } = await resetPassword(c.get('ctx'), id)
    return showPassword(c, person, password, 'person.password_reset')
  })
}

/** A person with the roles held now, or with those that were ticked when the form was refused. */
async function personPage(c: C, id: string, errors: FormState['errors'], ticked?: FormState['values']) {
  const ctx = c.get('ctx')
  const own = organisationOf(ctx.actor)
  const { organisation, person } = await transact(ctx, async (tx) => ({
    organisation: await getOrganisation(tx, own),
    person: await getPerson(tx, own, id),
  }))
  const state = { values: ticked ?? { roles: person.roles }, errors }
  return <PersonPage view={viewFor(c)} organisation={organisation} person={person} state={state} />
}

function showPassword(
  c: C,
  person: PersonRow,
  password: string | null,
  title: 'person.added' | 'person.password_reset',
): Response | Promise<Response> {
  c.header('cache-control', 'no-store')
  return show(c, <PasswordPage view={viewFor(c)} person={person} password={password} title={title} />, 201)
}

async function ownOrganisation(c: C): Promise<OrganisationRow> {
  const ctx = c.get('ctx')
  return transact(ctx, (tx) => getOrganisation(tx, organisationOf(ctx.actor)))
}

function PeoplePage({
  view,
  organisation,
  rows,
  me,
}: {
  view: View
  organisation: OrganisationRow
  rows: PersonRow[]
  me: string | null
}) {
  const { t } = view
  return (
    <Layout
      view={view}
      title={t('person.list')}
      actions={
        <LinkButton href="/people/new" kind="primary" icon="plus">
          {t('person.add')}
        </LinkButton>
      }
    >
      <Table
        caption={t('person.list_caption', { organisation: organisation.name })}
        rows={rows}
        columns={[
          {
            header: t('person.name'),
            names: true,
            cell: (row) => (
              <>
                <a href={`/people/${row.id}`}>{row.name}</a> {row.id === me && `(${t('person.you')})`}
              </>
            ),
          },
          { header: t('person.email'), cell: (row) => row.email },
          { header: t('person.roles'), cell: (row) => row.roles.map((role) => t(`role.${role}`)).join(', ') },
          { header: t('person.access'), cell: (row) => <Access person={row} /> },
        ]}
      />
    </Layout>
  )
}

function Access({ person }: { person: PersonRow }) {
  const { t } = useView()
  return person.disabled_at === null ? (
    <Badge tone="good">{t('person.access_on')}</Badge>
  ) : (
    <Badge tone="bad">{t('person.access_off')}</Badge>
  )
}

function RolesField({ organisation }: { organisation: OrganisationRow }) {
  const { t } = useView()
  const options = rolesIn(organisation.kind as Kind).map((role) => ({
    value: role,
    label: t(`role.${role}`),
    hint: t(`role.${role}_hint`),
  }))
  return <CheckboxesField name="roles" label={t('person.roles')} options={options} />
}

function AddPersonPage({ view, organisation, state }: { view: View; organisation: OrganisationRow; state: FormState }) {
  const { t } = view
  return (
    <Layout
      view={view}
      title={t('person.add')}
      lead={t('person.add_lead')}
      breadcrumbs={[{ href: '/people', text: t('person.list') }]}
    >
      <Form action="/people/new" state={state}>
        <TextField name="email" label={t('person.email')} type="email" autocomplete="off" />
        <TextField name="name" label={t('person.name')} autocomplete="off" />
        <LanguageField view={view} name="language" label={t('person.language')} />
        <RolesField organisation={organisation} />
        <Actions>
          <Button>{t('person.add')}</Button>
          <LinkButton href="/people" kind="quiet">
            {t('action.cancel')}
          </LinkButton>
        </Actions>
      </Form>
    </Layout>
  )
}

function PersonPage({
  view,
  organisation,
  person,
  state,
}: {
  view: View
  organisation: OrganisationRow
  person: PersonRow
  state: FormState
}) {
  const { t } = view
  return (
    <Layout
      view={view}
      title={person.name}
      status={person.disabled_at !== null && <Access person={person} />}
      breadcrumbs={[{ href: '/people', text: t('person.list') }]}
    >
      <DescriptionList
        items={[
          { term: t('person.email'), text: person.email },
          { term: t('person.language'), text: t(`layout.${person.language}`) },
        ]}
      />
      <Section title={t('person.roles')} lead={t('person.roles_hint')}>
        <Form action={`/people/${person.id}`} state={state}>
          <RolesField organisation={organisation} />
          <Actions>
            <Button>{t('person.save_roles')}</Button>
          </Actions>
        </Form>
      </Section>
      <Section title={t('person.access')}>
        {person.only_here ? <AccessActions person={person} /> : <p>{t('person.elsewhere')}</p>}
      </Section>
    </Layout>
  )
}

function AccessActions({ person }: { person: PersonRow }) {
  const { t } = useView()
  return (
    <Actions>
      <Confirm action={`/people/${person.id}/password`} label={t('person.reset_password')} kind="secondary">
        {t('person.reset_password_text')}
      </Confirm>
      {person.disabled_at === null ? (
        <Confirm action={`/people/${person.id}/disable`} label={t('person.disable')}>
          {t('person.disable_text')}
        </Confirm>
      ) : (
        <PostButton action={`/people/${person.id}/enable`} label={t('person.enable')} />
      )}
    </Actions>
  )
}

function PasswordPage({
  view,
  person,
  password,
  title,
}: {
  view: View
  person: PersonRow
  password: string | null
  title: 'person.added' | 'person.password_reset'
}) {
  const { t } = view
  return (
    <Layout view={view} title={t(title)} breadcrumbs={[{ href: '/people', text: t('person.list') }]}>
      <ShownOnce
        warning={password === null ? null : t('person.password_once')}
        done={password === null ? t('person.added_known', { name: person.name }) : null}
        items={[
          { term: t('person.name'), text: <a href={`/people/${person.id}`}>{person.name}</a> },
          { term: t('person.email'), text: person.email },
          { term: t('person.roles'), text: person.roles.map((role) => t(`role.${role}`)).join(', ') },
          { term: t('identity.password'), text: password && <code>{password}</code> },
        ]}
      >
        <Actions>
          <LinkButton href="/people">{t('person.to_list')}</LinkButton>
        </Actions>
      </ShownOnce>
    </Layout>
  )
}
