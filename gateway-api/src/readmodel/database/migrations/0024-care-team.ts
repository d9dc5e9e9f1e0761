/** Who is on patients' care teams. */
export const statements = [
  `create table care_team_members (
    patient_id text not null,
    staff_id text not null,
    msp_id text not null,
    membership_id text not null,
    added_at timestamptz(3) not null,
    block_number bigint not null,
    primary key (patient_id, staff_id)
  )`,
  `create index care_team_members_staff on care_team_members (staff_id)`,
  `create table care_team_removals (
    membership_id text not null primary key,
    patient_id text not null,
    staff_id text not null,
    removed_at timestamptz(3) not null,
    block_number bigint not null
  )`,
];
