/** Moves for people: proposing one, and answering it. */
import { possibleParties } from '../agreements/store.ts'
import { organisationOf, transact } from '../context.ts'
import type { App, C } from '../http/app.ts'
import { requires } from '../http/app.ts'
import { answerForm, show, viewFor } from '../http/pages.tsx'
import { pageOf, readCursor } from '../http/paging.ts'
import { refuse } from '../refusal.ts'
import { Empty, Section } from '../ui/blocks.tsx'
import { Actions, Button, Confirm, LinkButton, PostButton } from '../ui/button.tsx'
import { DateField, SelectField, TextAreaField, TextField } from '../ui/field.tsx'
import { DateText, DescriptionList, Unbroken } from '../ui/figures.tsx'
import { emptyForm, FieldRow, FilterForm, Form, type FormState } from '../ui/form.tsx'
import { parseDateInput } from '../ui/input.ts'
import { Layout } from '../ui/layout.tsx'
import { Table, TwoLines } from '../ui/table.tsx'
import type { View } from '../ui/view.ts'
import { Pagination } from '../ui/ways.tsx'
import { readApproval } from './approval-commands.ts'
import { ApprovalBeside, type AskedBeside } from './approval-section.tsx'
import { ApprovalInput } from './commitment.ts'
import { MoveAcceptance, MoveDecline, MoveInput, moveStatuses } from './move.ts'
import { acceptMove, declineMove, proposeMove, withdrawMove } from './move-commands.ts'
import { getMove, listMoves, type MoveRow, offersToMoveTo } from './move-store.ts'
import { answerer, MoveBadge } from './stay-sections.tsx'
import { getPlacementThatHolds, namesOf, type PlacementRow } from './store.ts'
import {
  AuthorisedFields,
  assembleTerms,
  errorsAtFields,
  FundingFields,
  termsKinds,
  tokenOf,
  Who,
} from './terms-fields.tsx'

const pageSize = 50

export function movePages(app: App): void {
  proposalPages(app, 'place')
  proposalPages(app, 'payer')
  listPage(app)
  answerPages(app)
}

type Choice = { id: string; text: string }

function proposalPages(app: App, kind: 'place' | 'payer'): void {
  const path = kind === 'place' ? 'move' : 'payer'
  const page = async (c: C, state: FormState) => {
    const ctx = c.get('ctx')
    const own = organisationOf(ctx.actor)
    const [placement, choices] = await transact(ctx, async (tx) => {
      const it = await getPlacementThatHolds(tx, c.req.param('id')!)
      if (it.seller_id !== own && it.buyer_id !== own) refuse('not_found')
      const choices: Choice[] =
        kind === 'place'
          ? (await offersToMoveTo(tx, it, it.buyer_id === own)).map((offer) => ({
              id: offer.id,
              text: `${offer.title} · ${offer.seller_name}`,
            }))
          : (await possibleParties(tx, it.buyer_id, ctx.clock.today())).map(({ id, name }) => ({ id, text: name }))
      return [it, choices] as const
    })
    const beside = kind === 'place' ? await besideOtherPlace(c, placement, state) : null
    const shown = { kind, placement, choices, state, beside }
    return <ProposalPage view={viewFor(c)} {...shown} />
  }
  app.get(`/placements/:id/${path}`, requires('placement.manage'), async (c) => show(c, await page(c, emptyForm)))
  app.post(`/placements/:id/${path}`, requires('placement.manage'), (c) =>
    answerForm(c, {
      schema: MoveInput,
      kinds: { moves_on: 'date', valid_to: 'date', decided_on: 'date' },
      assemble: (values) => ({ ...values, kind }),
      act: async (input) => {
        const move = await proposeMove(c.get('ctx'), c.req.param('id')!, input)
        return `/moves/${move.id}?done=${move.status === 'accepted' ? 'move_accepted' : 'move_proposed'}`
      },
      page: (state) => page(c, state),
    }),
  )
}

/** What the place that was chosen would cost, where that is above a limit. */
async function besideOtherPlace(c: C, placement: PlacementRow, { values }: FormState): Promise<AskedBeside | null> {
  const { to_offer_id, moves_on, valid_to } = values
  const typed = typeof valid_to === 'string' && valid_to !== '' ? { valid_to: parseDateInput(valid_to) } : {}
  const read = ApprovalInput.safeParse({
    ...{ of: 'other_place', placement_id: placement.id, to_offer_id, ...typed },
    moves_on: typeof moves_on === 'string' ? parseDateInput(moves_on) : null,
  })
  if (!read.success) return null
  const ctx = c.get('ctx')
  return transact(ctx, async (tx) => {
    const approval = await readApproval(tx, ctx, read.data)
    return approval && { asked: read.data, approval }
  })
}

function ProposalPage(props: {
  view: View
  kind: 'place' | 'payer'
  placement: PlacementRow
  choices: Choice[]
  state: FormState
  beside: AskedBeside | null
}) {
  const { view, kind, placement: it, choices, state } = props
  const { t } = view
  return (
    <Layout
      view={view}
      title={t(`move.${kind}`)}
      lead={t(`move.${kind}_lead`)}
      active="/placements"
      breadcrumbs={[
        { href: '/placements', text: t('placement.list') },
        { href: `/placements/${it.id}`, text: tokenOf(view, it) },
      ]}
    >
      <Form action={`/placements/${it.id}/${kind === 'place' ? 'move' : 'payer'}`} state={state}>
        <SelectField
          name={kind === 'place' ? 'to_offer_id' : 'to_buyer_id'}
          label={t(kind === 'place' ? 'move.to_offer' : 'move.to_buyer')}
          width="full"
          options={choices.map(({ id, text }) => ({ value: id, label: text }))}
        />
        <DateField
          name="moves_on"
          label={t('move.moves_on')}
          min={it.valid_from}
          {...(it.valid_to && { max: it.valid_to })}
        />
        <FieldRow>
          <TextField name="decision" label={t('referral.decision')} width="medium" maxlength={200} optional />
          <DateField name="decided_on" label={t('stay.decided_on')} optional />
        </FieldRow>
        <TextAreaField
          name="longer_reason"
          label={t('stay.longer_reason')}
          hint={t('stay.longer_reason_hint')}
          rows={2}
          maxlength={500}
          optional
        />
        <TextAreaField name="note" label={t('common.note')} rows={2} maxlength={2000} optional />
        <Actions>
          <Button>{t('move.propose')}</Button>
          <LinkButton href={`/placements/${it.id}`} kind="quiet">
            {t('action.cancel')}
          </LinkButton>
        </Actions>
      </Form>
      <ApprovalBeside view={view} beside={props.beside} />
    </Layout>
  )
}

function listPage(app: App): void {
  app.get('/moves', requires('placement.read'), async (c) => {
    const ctx = c.get('ctx')
    const status = moveStatuses.find((one) => one === c.req.query('status'))
    const after = readCursor(c.req.query('cursor'), 1)
    const rows = await transact(ctx, (tx) =>
      listMoves(tx, organisationOf(ctx.actor), status, { limit: pageSize, after }),
    )
    const page = pageOf(rows, pageSize, (row) => [row.id])
    return show(c, <MovesPage view={viewFor(c)} rows={page.items} next={page.next_cursor} status={status} />)
  })
}

function MovesPage(props: { view: View; rows: MoveRow[]; next: string | null; status: string | undefined }) {
  const { view, rows, next, status } = props
  const { t } = view
  const values = status === undefined ? {} : { status }
  return (
    <Layout
      view={view}
      title={t('move.list')}
      lead={t('move.list_lead')}
      active="/placements"
      breadcrumbs={[{ href: '/placements', text: t('placement.list') }]}
      wide
    >
      <FilterForm action="/moves" values={values}>
        <SelectField
          name="status"
          label={t('common.status')}
          options={moveStatuses.map((one) => ({ value: one, label: t(`move.status.${one}`) }))}
        />
      </FilterForm>
      <Table
        caption={t('move.caption')}
        captionHidden
        rows={rows}
        empty={
          <Empty title={t('move.none')} action={{ href: '/placements', text: t('placement.list') }}>
            {t('move.none_text')}
          </Empty>
        }
        columns={[
          {
            header: t('referral.who'),
            names: true,
            cell: (row) => (
              <a href={`/moves/${row.id}`}>
                <Unbroken text={tokenOf(view, row)} />
              </a>
            ),
          },
          { header: t('move.kind'), cell: (row) => t(`move.kind.${row.kind}`) },
          { header: t('move.from'), cell: (row) => <From row={row} /> },
          { header: t('move.to'), cell: (row) => <To row={row} /> },
          { header: t('move.moves_on'), cell: (row) => <DateText date={row.moves_on} /> },
          { header: t('common.status'), cell: (row) => <MoveBadge view={view} move={row} /> },
        ]}
      />
      <Pagination next={next && `/moves?${new URLSearchParams({ ...values, cursor: next })}`} />
    </Layout>
  )
}

function From({ row }: { row: MoveRow }) {
  return row.kind === 'payer' ? row.buyer_name : <TwoLines under={row.seller_name}>{row.offer_title}</TwoLines>
}

function To({ row }: { row: MoveRow }) {
  if (row.kind === 'payer') return <>{row.to_buyer_name}</>
  return <TwoLines under={row.to_seller_name}>{row.to_offer_title}</TwoLines>
}

function answerPages(app: App): void {
  const page = async (c: C, state: FormState, declining?: FormState) => {
    const ctx = c.get('ctx')
    const [move, names] = await transact(ctx, async (tx) => {
      const move = await getMove(tx, c.req.param('id')!)
      return [move, await namesOf(tx, [move])] as const
    })
    const own = organisationOf(ctx.actor)
    const beside = move.status === 'proposed' && move.answerer_id === own ? await besideMove(c, move, state) : null
    const shown = { beside, move, name: names.get(move.resident_id ?? ''), own, state }
    return <MovePage view={viewFor(c)} {...shown} {...(declining && { declining })} />
  }
  app.get('/moves/:id', requires('placement.read'), async (c) => show(c, await page(c, emptyForm)))
  app.post('/moves/:id/accept', requires('placement.manage'), (c) =>
    answerForm(c, {
      schema: MoveAcceptance,
      kinds: termsKinds,
      assemble: (values) => {
        const { authorised, funding } = assembleTerms(values)
        return { decision: values.decision, note: values.note, authorised, funding }
      },
      act: async (input) => {
        await acceptMove(c.get('ctx'), c.req.param('id'), input)
        return `/moves/${c.req.param('id')}?done=move_accepted`
      },
      page: (state) => page(c, errorsAtFields(state)),
    }),
  )
  app.post('/moves/:id/decline', requires('placement.manage'), (c) =>
    answerForm(c, {
      schema: MoveDecline,
      kinds: {},
      act: async (input) => {
        await declineMove(c.get('ctx'), c.req.param('id'), input)
        return `/moves/${c.req.param('id')}?done=move_declined`
      },
      page: (state) => page(c, emptyForm, state),
    }),
  )
  app.post('/moves/:id/withdraw', requires('placement.manage'), async (c) => {
    await withdrawMove(c.get('ctx'), c.req.param('id'))
    return c.redirect(`/moves/${c.req.param('id')}?done=move_withdrawn`, 303)
  })
}

/** What the move would cost with what is typed beside the yes, where that is above a limit. */
async function besideMove(c: C, move: MoveRow, { values }: FormState): Promise<AskedBeside | null> {
  const ctx = c.get('ctx')
  const { authorised, funding } = assembleTerms(values)
  const read = ApprovalInput.safeParse({ of: 'move', move_id: move.id, authorised, funding })
  if (!read.success) return null
  return transact(ctx, async (tx) => {
    const approval = await readApproval(tx, ctx, read.data)
    return approval && { asked: read.data, approval }
  })
}

function MovePage(props: {
  view: View
  move: MoveRow
  name: string | undefined
  own: string
  beside: AskedBeside | null
  state: FormState
  declining?: FormState
}) {
  const { view, move: it, name, own, state } = props
  const { t, format } = view
  const open = it.status === 'proposed' && view.can('placement.manage')
  // Each party is led to its own part only.
  const old = own === it.seller_id || own === it.buyer_id
  const begun = own === it.to_seller_id || own === it.to_buyer_id
  return (
    <Layout
      view={view}
      title={t('move.one', { who: tokenOf(view, it) })}
      status={<MoveBadge view={view} move={it} />}
      lead={it.status === 'proposed' && t('move.waits', { name: answerer(it) })}
      active="/placements"
      breadcrumbs={[
        { href: '/placements', text: t('placement.list') },
        { href: '/moves', text: t('move.list') },
      ]}
    >
      <DescriptionList
        items={[
          {
            term: t('referral.who'),
            text: <Who of={{ ...it, resident_id: name ? it.resident_id : null }} name={name} />,
          },
          { term: t('move.kind'), text: t(`move.kind.${it.kind}`) },
          { term: t('move.from'), text: <From row={it} /> },
          { term: t('move.to'), text: <To row={it} /> },
          { term: t('referral.offer'), text: it.kind === 'payer' ? `${it.offer_title} · ${it.seller_name}` : null },
          { term: t('move.moves_on'), text: format.date(it.moves_on) },
          { term: t('stay.ends_on'), text: it.valid_to && format.date(it.valid_to) },
          { term: t('referral.decision'), text: it.decision },
          { term: t('stay.decided_on'), text: it.decided_on && format.date(it.decided_on) },
          { term: t('stay.longer_reason'), text: it.longer_reason },
          { term: t('common.note'), text: it.note || null },
          { term: t('move.decline_note'), text: it.status === 'declined' ? it.answer_note : null },
          {
            term: t('move.old_placement'),
            text: old ? <a href={`/placements/${it.placement_id}`}>{t('move.open_placement')}</a> : null,
          },
          {
            term: t('move.new_placement'),
            text:
              begun && it.new_placement_id !== null ? (
                <a href={`/placements/${it.new_placement_id}`}>{t('move.open_placement')}</a>
              ) : null,
          },
        ]}
      />
      {open && it.proposed_by_id === own && (
        <PostButton action={`/moves/${it.id}/withdraw`} label={t('move.withdraw')} />
      )}
      {open && it.answerer_id === own && (
        <Section title={t('move.answer')} lead={t('move.answer_lead')}>
          <Form action={`/moves/${it.id}/accept`} state={state} id="accept">
            {it.kind === 'payer' && (
              <>
                <TextField name="decision" label={t('referral.decision')} width="medium" maxlength={200} optional />
                <AuthorisedFields unit={it.unit} />
                <FundingFields values={state.values} />
              </>
            )}
            <TextAreaField name="note" label={t('common.note')} rows={2} maxlength={2000} optional />
            <Actions>
              <Button>{t('move.accept')}</Button>
            </Actions>
          </Form>
          <ApprovalBeside view={view} beside={props.beside} />
          <Confirm
            action={`/moves/${it.id}/decline`}
            label={t('move.decline')}
            confirm={t('move.decline_title')}
            id="decline"
            {...(props.declining && { state: props.declining })}
          >
            <TextAreaField name="note" label={t('move.decline_note')} rows={2} maxlength={500} />
          </Confirm>
        </Section>
      )}
    </Layout>
  )
}
