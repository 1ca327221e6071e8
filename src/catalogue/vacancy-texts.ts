import { defineTexts } from '../ui/define-texts.ts'

export const vacancyTexts = defineTexts(
  {
    'vacancy.calendar': 'Vietu kalendārs',
    'vacancy.calendar_lead':
      'Katrai dienai saskaitīts no uzņemšanām, rezervācijām un prombūtnēm. Ierakstīt to nevar, tāpēc tas vienmēr ir tā, kā ir.',
    'vacancy.caption': 'Vietas pa dienām: {month}',
    'vacancy.day': 'Diena',
    'vacancy.free': 'Brīvas',
    'vacancy.capacity': 'Vietas',
    'vacancy.placed': 'Uzņemti',
    'vacancy.reserved': 'Rezervētas',
    'vacancy.freed': 'Atbrīvotas',
    'vacancy.holiday': 'svētku diena',
    'vacancy.today': 'šodien',
    'vacancy.month_previous': 'Iepriekšējais mēnesis: {month}',
    'vacancy.month_next': 'Nākamais mēnesis: {month}',
    'vacancy.months': 'Mēneši',
    'vacancy.all_month':
      'Visu mēnesi ir vismaz {free, plural, zero {# brīvu vietu} one {# brīva vieta} other {# brīvas vietas}}.',
    'vacancy.full_days':
      '{count, plural, zero {# dienās} one {# dienā} other {# dienās}} šajā mēnesī brīvu vietu nav; pirmā no tām ir {date}.',
    'vacancy.over': 'pārsniegts par {count}',
    'vacancy.columns':
      'Brīvas ir vietas mīnus uzņemti un rezervētas, plus tās, ko prombūtne atbrīvo līdz ierakstītajam beigu datumam.',
    'vacancy.stays_of_day': 'uzņemšanas šajā dienā',
  },
  {
    'vacancy.calendar': 'Calendar of places',
    'vacancy.calendar_lead':
      'Counted for each day from stays, reservations and absences. It cannot be typed in, so it is always as things are.',
    'vacancy.caption': 'Places by day: {month}',
    'vacancy.day': 'Day',
    'vacancy.free': 'Free',
    'vacancy.capacity': 'Places',
    'vacancy.placed': 'Stays',
    'vacancy.reserved': 'Reserved',
    'vacancy.freed': 'Freed',
    'vacancy.holiday': 'public holiday',
    'vacancy.today': 'today',
    'vacancy.month_previous': 'Previous month: {month}',
    'vacancy.month_next': 'Next month: {month}',
    'vacancy.months': 'Months',
    'vacancy.all_month':
      'At least {free, plural, one {# place is} other {# places are}} free on every day of the month.',
    'vacancy.full_days':
      'On {count, plural, one {# day} other {# days}} of this month no place is free; the first of them is {date}.',
    'vacancy.over': '{count} over capacity',
    'vacancy.columns':
      'Free are the places less stays and reservations, and those that an absence frees until its recorded end.',
    'vacancy.stays_of_day': 'stays on this day',
  },
)
