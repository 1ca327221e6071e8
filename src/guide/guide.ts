/** What the guide holds: who does what and where, and the words of the field. What it says stands in `texts.ts`. */
import type { Permission } from '../identity/permissions.ts'
import type { TextKey } from '../ui/texts.ts'

/** One piece of work, told in steps (a line of its text each). Its link is shown to whoever may follow it. */
export interface Task {
  id: string
  title: TextKey
  steps: TextKey
  href: string
  /** the label of the place that the link leads to */
  place: TextKey
  permission: Permission
}

/** The work of one kind of person. */
export interface Chapter {
  id: string
  title: TextKey
  tasks: Task[]
}

export const chapters: readonly Chapter[] = [
  {
    id: 'buying',
    title: 'guide.buying',
    tasks: [
      {
        id: 'find',
        title: 'guide.find',
        steps: 'guide.find_steps',
        href: '/catalogue',
        place: 'nav.catalogue',
        permission: 'public',
      },
      {
        id: 'ask',
        title: 'guide.ask',
        steps: 'guide.ask_steps',
        href: '/catalogue',
        place: 'nav.catalogue',
        permission: 'referral.request',
      },
      {
        id: 'crisis',
        title: 'guide.crisis',
        steps: 'guide.crisis_steps',
        href: '/requests',
        place: 'nav.requests',
        permission: 'referral.request',
      },
      {
        id: 'wait',
        title: 'guide.wait',
        steps: 'guide.wait_steps',
        href: '/queue',
        place: 'nav.queue',
        permission: 'referral.request',
      },
      {
        id: 'stay',
        title: 'guide.stay',
        steps: 'guide.stay_steps',
        href: '/placements',
        place: 'nav.placements',
        permission: 'placement.manage',
      },
    ],
  },
  {
    id: 'listing',
    title: 'guide.listing',
    tasks: [
      {
        id: 'publish',
        title: 'guide.publish',
        steps: 'guide.publish_steps',
        href: '/catalogue',
        place: 'nav.catalogue',
        permission: 'offer.manage',
      },
      {
        id: 'table',
        title: 'guide.table',
        steps: 'guide.table_steps',
        href: '/catalogue/import',
        place: 'import.title',
        permission: 'offer.manage',
      },
      {
        id: 'answer',
        title: 'guide.answer',
        steps: 'guide.answer_steps',
        href: '/referrals',
        place: 'nav.referrals',
        permission: 'referral.answer',
      },
      {
        id: 'record',
        title: 'guide.record',
        steps: 'guide.record_steps',
        href: '/deliveries',
        place: 'nav.deliveries',
        permission: 'delivery.record',
      },
    ],
  },
  {
    id: 'finance',
    title: 'guide.finance',
    tasks: [
      {
        id: 'close',
        title: 'guide.close',
        steps: 'guide.close_steps',
        href: '/months',
        place: 'nav.months',
        permission: 'settlement.close',
      },
      {
        id: 'late',
        title: 'guide.late',
        steps: 'guide.late_steps',
        href: '/months',
        place: 'nav.months',
        permission: 'settlement.read',
      },
      {
        id: 'check',
        title: 'guide.check',
        steps: 'guide.check_steps',
        href: '/invoices',
        place: 'nav.invoices',
        permission: 'invoice.read',
      },
      {
        id: 'pay',
        title: 'guide.pay',
        steps: 'guide.pay_steps',
        href: '/payments',
        place: 'nav.payments',
        permission: 'payment.read',
      },
      {
        id: 'net',
        title: 'guide.net',
        steps: 'guide.net_steps',
        href: '/netting',
        place: 'nav.netting',
        permission: 'netting.read',
      },
      {
        id: 'confirm',
        title: 'guide.confirm',
        steps: 'guide.confirm_steps',
        href: '/balances',
        place: 'nav.balances',
        permission: 'balance.read',
      },
      {
        id: 'claim',
        title: 'guide.claim',
        steps: 'guide.claim_steps',
        href: '/claims',
        place: 'nav.claims',
        permission: 'claim.read',
      },
    ],
  },
  {
    id: 'region',
    title: 'guide.region',
    tasks: [
      {
        id: 'oversee',
        title: 'guide.oversee',
        steps: 'guide.oversee_steps',
        href: '/service-counts',
        place: 'nav.counts',
        permission: 'counts.read',
      },
      {
        id: 'audit',
        title: 'guide.audit',
        steps: 'guide.audit_steps',
        href: '/audit',
        place: 'nav.audit',
        permission: 'audit.read',
      },
      {
        id: 'set_up',
        title: 'guide.set_up',
        steps: 'guide.set_up_steps',
        href: '/people',
        place: 'nav.people',
        permission: 'person.manage',
      },
    ],
  },
]

/** Buttons and places as the pages call them, by the name under which steps quote them: a renamed button is renamed here too. */
export const quoted = {
  catalogue: 'nav.catalogue',
  compare: 'comparison.column',
  refer: 'offer.refer',
  ask_several: 'request.choose',
  requests: 'nav.requests',
  referrals: 'nav.referrals',
  queue: 'nav.queue',
  join: 'queue.join',
  accept_place: 'queue.accept',
  meanwhile: 'bridge.ask',
  placements: 'nav.placements',
  ending: 'stay.ending',
  prolong: 'placement.prolong',
  end: 'placement.end',
  cancel: 'cancel.action',
  move: 'move.propose',
  new_offer: 'offer.new',
  add_price: 'price.add',
  add_capacity: 'capacity.new',
  publish: 'offer.publish',
  still_holds: 'offer.confirm',
  export: 'import.export',
  template: 'import.template',
  load: 'import.title',
  attendance: 'nav.deliveries',
  add_absence: 'deliveries.add_absence',
  months: 'nav.months',
  close_month: 'month.close',
  invoices: 'nav.invoices',
  object: 'dispute.object',
  disputes: 'nav.disputes',
  payments: 'nav.payments',
  prepare: 'payments.propose',
  bank_file: 'payments.download',
  statement: 'payments.statement_upload',
  netting: 'nav.netting',
  propose_netting: 'netting.propose',
  balances: 'nav.balances',
  confirmation: 'balance.confirm',
  claims: 'nav.claims',
  counts: 'nav.counts',
  months_overview: 'nav.months',
  audit_log: 'nav.audit',
  people: 'nav.people',
  tokens: 'nav.tokens',
} as const satisfies Record<string, TextKey>

/** Each rule of `settlement` in plain words. The figures of its example are in euros; a test has the engine count them. */
export interface RuleInWords {
  id: string
  title: TextKey
  text: TextKey
  example: { text: TextKey; figures: Record<string, string> } | null
}

export const rules: readonly RuleInWords[] = [
  {
    id: 'R1',
    title: 'guide.r1',
    text: 'guide.r1_text',
    example: { text: 'guide.r1_example', figures: { price: '23.45', amount: '234.50' } },
  },
  { id: 'R2', title: 'guide.r2', text: 'guide.r2_text', example: null },
  {
    id: 'R3',
    title: 'guide.r3',
    text: 'guide.r3_text',
    example: { text: 'guide.r3_example', figures: { old: '20.00', new: '22.00', amount: '652.00' } },
  },
  {
    id: 'R3a',
    title: 'guide.r3a',
    text: 'guide.r3a_text',
    example: { text: 'guide.r3a_example', figures: { price: '30.00', escort: '1.50', unit_price: '41.40' } },
  },
  { id: 'R4', title: 'guide.r4', text: 'guide.r4_text', example: null },
  {
    id: 'R5',
    title: 'guide.r5',
    text: 'guide.r5_text',
    example: { text: 'guide.r5_example', figures: { price: '620.00', amount: '420.00' } },
  },
  {
    id: 'R6',
    title: 'guide.r6',
    text: 'guide.r6_text',
    example: { text: 'guide.r6_example', figures: { price: '20.00', amount: '550.00' } },
  },
  {
    id: 'R7',
    title: 'guide.r7',
    text: 'guide.r7_text',
    example: { text: 'guide.r7_example', figures: { price: '18.00', amount: '9.00' } },
  },
  {
    id: 'R8',
    title: 'guide.r8',
    text: 'guide.r8_text',
    example: { text: 'guide.r8_example', figures: { price: '15.00', amount: '150.00' } },
  },
  {
    id: 'R9',
    title: 'guide.r9',
    text: 'guide.r9_text',
    example: { text: 'guide.r9_example', figures: { first: '12.00', further: '10.00', amount: '290.00' } },
  },
  {
    id: 'R10',
    title: 'guide.r10',
    text: 'guide.r10_text',
    example: { text: 'guide.r10_example', figures: { price: '14.00', amount: '140.00' } },
  },
  { id: 'R11', title: 'guide.r11', text: 'guide.r11_text', example: null },
  {
    id: 'R12',
    title: 'guide.r12',
    text: 'guide.r12_text',
    example: {
      text: 'guide.r12_example',
      figures: {
        price: '23.45',
        gross: '515.90',
        client_price: '2.00',
        client: '44.00',
        programme: '438.52',
        amount: '471.90',
        burden: '33.38',
      },
    },
  },
  { id: 'R13', title: 'guide.r13', text: 'guide.r13_text', example: null },
  { id: 'R14', title: 'guide.r14', text: 'guide.r14_text', example: null },
  {
    id: 'R15',
    title: 'guide.r15',
    text: 'guide.r15_text',
    example: { text: 'guide.r15_example', figures: { line: '10.02', vat: '4.21' } },
  },
  {
    id: 'R16',
    title: 'guide.r16',
    text: 'guide.r16_text',
    example: { text: 'guide.r16_example', figures: { price: '20.00', billed: '620.00', amount: '220.00' } },
  },
  { id: 'R17', title: 'guide.r17', text: 'guide.r17_text', example: null },
  { id: 'R18', title: 'guide.r18', text: 'guide.r18_text', example: null },
  {
    id: 'R19',
    title: 'guide.r19',
    text: 'guide.r19_text',
    example: {
      text: 'guide.r19_example',
      figures: { first: '300.00', second: '200.00', third: '200.00', amount: '100.00' },
    },
  },
]

export const words: readonly { term: TextKey; meaning: TextKey }[] = [
  { term: 'guide.word_offer', meaning: 'guide.word_offer_text' },
  { term: 'guide.word_place', meaning: 'guide.word_place_text' },
  { term: 'guide.word_referral', meaning: 'guide.word_referral_text' },
  { term: 'guide.word_request', meaning: 'guide.word_request_text' },
  { term: 'guide.word_queue', meaning: 'guide.word_queue_text' },
  { term: 'guide.word_reservation', meaning: 'guide.word_reservation_text' },
  { term: 'guide.word_placement', meaning: 'guide.word_placement_text' },
  { term: 'guide.word_token', meaning: 'guide.word_token_text' },
  { term: 'guide.word_authorised', meaning: 'guide.word_authorised_text' },
  { term: 'guide.word_attendance', meaning: 'guide.word_attendance_text' },
  { term: 'guide.word_absence', meaning: 'guide.word_absence_text' },
  { term: 'guide.word_no_show', meaning: 'guide.word_no_show_text' },
  { term: 'guide.word_departure', meaning: 'guide.word_departure_text' },
  { term: 'guide.word_price_version', meaning: 'guide.word_price_version_text' },
  { term: 'guide.word_class', meaning: 'guide.word_class_text' },
  { term: 'guide.word_funding', meaning: 'guide.word_funding_text' },
  { term: 'guide.word_share', meaning: 'guide.word_share_text' },
  { term: 'guide.word_withheld', meaning: 'guide.word_withheld_text' },
  { term: 'guide.word_close', meaning: 'guide.word_close_text' },
  { term: 'guide.word_adjustment', meaning: 'guide.word_adjustment_text' },
  { term: 'guide.word_credit_note', meaning: 'guide.word_credit_note_text' },
  { term: 'guide.word_dispute', meaning: 'guide.word_dispute_text' },
  { term: 'guide.word_netting', meaning: 'guide.word_netting_text' },
  { term: 'guide.word_confirmation', meaning: 'guide.word_confirmation_text' },
]
