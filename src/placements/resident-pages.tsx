/** Residents for social workers: the only pages with names and personal codes. */
import { may, organisationOf, transact } from '../context.ts'
import type { App, C } from '../http/app.ts'
import { requires } from '../http/app.ts'
import { answerForm, show, viewFor } from '../http/pages.tsx'
import { pageOf, readCursor } from '../http/paging.ts'
import { Columns, Empty, Section } from '../ui/blocks.tsx'
import { Actions, Button, LinkButton } from '../ui/button.tsx'
import { TextField } from '../ui/field.tsx'
import { DescriptionList, Unbroken } from '../ui/figures.tsx'
import { emptyForm, FieldRow, FilterForm, Form, type FormState } from '../ui/form.tsx'
import { Layout } from '../ui/layout.tsx'
import { Table } from '../ui/table.tsx'
import type { View } from '../ui/view.ts'
import { Pagination } from '../ui/ways.tsx'
import { changeResident, registerResident } from './commands.ts'
import { PersonInput } from './resident.ts'
import { PlacementBadge, ReferralBadge } from './status-badges.tsx'
import {
  getResident,
  listPlacements,
  listReferrals,
  listResidents,
  type PlacementRow,
  type ReferralRow,
  type ResidentRow,
} from './store.ts'

const pageSize = 50

export function residentPages(app: App): void {
  app.get('/residents', requires('resident.read'), async (c) => {
    const search = c.req.query('search')?.trim() ?? ''
    const after = readCursor(c.req.query('cursor'), 1)
    const rows = await transact(c.get('ctx'), (tx) => listResidents(tx, { search, limit: pageSize, after }))
    const { items, next_cursor } = pageOf(rows, pageSize, (row) => [row.id])
    return show(c, <ResidentsPage view={viewFor(c)} rows={items} search={search} next={next_cursor} />)
  })
  app.get('/residents/new', requires('resident.manage'), (c) =>
    show(c, <PersonPage view={viewFor(c)} action={addressOf(c)} state={emptyForm} />),
  )
  app.post('/residents/new', requires('resident.manage'), (c) =>
    answerForm(c, {
      schema: PersonInput,
      kinds: {},
      act: async (person) => {
        const { id } = await registerResident(c.get('ctx'), person)
        const next = nextOf(c)
        return next === null
          ? `/residents/${id}?done=resident_registered`
          : `${next}${next.includes('?') ? '&' : '?'}resident=${id}&done=resident_registered`
      },
      page: (state) => <PersonPage view={viewFor(c)} action={addressOf(c)} state={state} />,
    }),
  )
  app.get('/residents/:id', requires('resident.read'), async (c) => {
    const ctx = c.get('ctx')
    const today = ctx.clock.today()
    const shown = await transact(ctx, async (tx) => {
      const resident = await getResident(tx, c.req.param('id'))
      const filter = { organisation_id: organisationOf(ctx.actor), resident_id: resident.id, today }
      const all = { limit: 100, after: null }
      return {
        resident,
        referrals: await listReferrals(tx, filter, all),
        placements: await listPlacements(tx, filter, all),
      }
    })
    return show(c, <ResidentPage view={viewFor(c)} today={today} editable={isOwn(c, shown.resident)} {...shown} />)
  })
  app.get('/residents/:id/edit', requires('resident.manage'), async (c) => {
    const resident = await transact(c.get('ctx'), (tx) => getResident(tx, c.req.param('id')))
    if (!isOwn(c, resident)) return c.notFound()
    const { given_name, family_name, personal_code } = resident
    const state = { values: { given_name, family_name, personal_code: personal_code ?? '' }, errors: [] }
    return show(c, <PersonPage view={viewFor(c)} action={c.req.path} state={state} resident={resident} />)
  })
  app.post('/residents/:id/edit', requires('resident.manage'), (c) => {
    const id = c.req.param('id')
    return answerForm(c, {
      schema: PersonInput,
      kinds: {},
      act: async (person) => {
        await changeResident(c.get('ctx'), id, person)
        return `/residents/${id}?done=resident_changed`
      },
      page: async (state) => {
        const resident = await transact(c.get('ctx'), (tx) => getResident(tx, id))
        return <PersonPage view={viewFor(c)} action={c.req.path} state={state} resident={resident} />
      },
    })
  })
}

function isOwn(c: C, resident: ResidentRow): boolean {
  const { actor } = c.get('ctx')
  return may(actor, 'resident.manage') && resident.organisation_id === organisationOf(actor)
}

/** Where to go after registering: back to the referral that the person was registered for, and nowhere else. */
function nextOf(c: C): string | null {
  const next = c.req.query('next') ?? ''
  return /^\/referrals\/(new\?offer=)?[0-9a-f-]{36}(\/edit)?$/.test(next) ? next : null
}

function addressOf(c: C): string {
  const next = nextOf(c)
  return next === null ? '/residents/new' : `/residents/new?next=${encodeURIComponent(next)}`
}

function ResidentsPage(props: { view: View; rows: ResidentRow[]; search: string; next: string | null }) {
  const { view, rows, search, next } = props
  const { t, format } = view
  const manages = view.can('resident.manage')
  const register = { href: '/residents/new', text: t('resident.new') }
  const more = new URLSearchParams({ ...(search && { search }), ...(next && { cursor: next }) })
  return (
    <Layout
      view={view}
      title={t('resident.list')}
      lead={t('resident.list_lead')}
      actions={
        manages && (
          <LinkButton href="/residents/new" kind="primary" icon="plus">
            {t('resident.new')}
          </LinkButton>
        )
      }
    >
      <FilterForm action="/residents" values={{ search }}>
        <TextField name="search" label={t('resident.search')} type="search" width="medium" />
      </FilterForm>
      <Table
        caption={t('resident.list_caption')}
        rows={rows}
        empty={
          search === '' ? (
            <Empty title={t('resident.empty')} icon="person" {...(manages && { action: register })}>
              {t('resident.empty_text')}
            </Empty>
          ) : (
            <Empty title={t('resident.none_found')} icon="search" {...(manages && { action: register })}>
              {t('resident.none_found_text')}
            </Empty>
          )
        }
        columns={[
          {
            header: t('resident.name'),
            names: true,
            cell: (row) => <a href={`/residents/${row.id}`}>{`${row.given_name} ${row.family_name}`}</a>,
          },
          { header: t('resident.token'), cell: (row) => <Unbroken text={row.token} /> },
          { header: t('resident.personal_code'), cell: (row) => row.personal_code ?? '–' },
          { header: t('resident.registered_at'), cell: (row) => row.created_at && format.instant(row.created_at) },
        ]}
      />
      <Pagination next={next && `/residents?${more}`} />
    </Layout>
  )
}

function ResidentPage(props: {
  view: View
  resident: ResidentRow
  referrals: ReferralRow[]
  placements: PlacementRow[]
  today: string
  editable: boolean
}) {
  const { view, resident, referrals, placements, today, editable } = props
  const { t, format } = view
  return (
    <Layout
      view={view}
      title={resident.token}
      lead={t('resident.private')}
      breadcrumbs={[{ href: '/residents', text: t('resident.list') }]}
      actions={
        editable && (
          <>
            <LinkButton href={`/residents/${resident.id}/edit`}>{t('resident.edit')}</LinkButton>
            <LinkButton href={`/catalogue?resident=${resident.id}`} kind="primary">
              {t('referral.start')}
            </LinkButton>
          </>
        )
      }
    >
      <Section title={t('resident.person')}>
        <DescriptionList
          columns
          items={[
            { term: t('resident.name'), text: `${resident.given_name} ${resident.family_name}` },
            { term: t('resident.personal_code'), text: resident.personal_code },
            { term: t('resident.token'), text: <Unbroken text={resident.token} /> },
            { term: t('resident.registered_at'), text: resident.created_at && format.instant(resident.created_at) },
          ]}
        />
      </Section>
      <Columns
        main={
          <Section title={t('resident.placements')}>
            <Table
              caption={t('resident.placements')}
              captionHidden
              rows={placements}
              empty={<p>{t('resident.no_placements')}</p>}
              columns={[
                {
                  header: t('referral.offer'),
                  names: true,
                  cell: (row) => <a href={`/placements/${row.id}`}>{row.offer_title}</a>,
                },
                { header: t('placement.period'), cell: (row) => format.period(row.valid_from, row.valid_to) },
                { header: t('placement.standing'), cell: (row) => <PlacementBadge of={row} today={today} /> },
              ]}
            />
          </Section>
        }
        side={
          <Section title={t('resident.referrals')}>
            <Table
              caption={t('resident.referrals')}
              captionHidden
              rows={referrals}
              empty={<p>{t('resident.no_referrals')}</p>}
              columns={[
                {
                  header: t('referral.offer'),
                  names: true,
                  cell: (row) => <a href={`/referrals/${row.id}`}>{row.offer_title}</a>,
                },
                { header: t('referral.status'), cell: (row) => <ReferralBadge of={row} /> },
              ]}
            />
          </Section>
        }
      />
    </Layout>
  )
}

function PersonPage(props: { view: View; action: string; state: FormState; resident?: ResidentRow }) {
  const { view, action, state, resident } = props
  const { t } = view
  return (
    <Layout
      view={view}
      title={resident === undefined ? t('resident.new') : t('resident.edit')}
      lead={t('resident.new_lead')}
      breadcrumbs={[
        { href: '/residents', text: t('resident.list') },
        ...(resident === undefined ? [] : [{ href: `/residents/${resident.id}`, text: resident.token }]),
      ]}
    >
      <Form action={action} state={state}>
        <FieldRow>
          <TextField name="given_name" label={t('resident.given_name')} width="medium" autocomplete="off" />
          <TextField name="family_name" label={t('resident.family_name')} width="medium" autocomplete="off" />
        </FieldRow>
        <TextField
          name="personal_code"
          label={t('resident.personal_code')}
          hint={t('resident.personal_code_hint')}
          width="medium"
          autocomplete="off"
          optional
        />
        <Actions>
          <Button>{resident === undefined ? t('resident.register') : t('action.save')}</Button>
          <LinkButton href={resident === undefined ? '/residents' : `/residents/${resident.id}`} kind="quiet">
            {t('action.cancel')}
          </LinkButton>
        </Actions>
      </Form>
    </Layout>
  )
}
