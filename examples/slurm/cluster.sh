#!/bin/bash
# Fits the mixture to a table of detections on four nodes, with SLURM:
#     sbatch cluster.sh DETECTIONS OUT
# If the time is over before the end, submit it again: the fit goes on from where it was kept.
# Table and output must be where all nodes see them. Change the numbers to those of your cluster.
#SBATCH --job-name=uhuru-cluster
#SBATCH --nodes=4
#SBATCH --ntasks-per-node=1
#SBATCH --cpus-per-task=32
#SBATCH --mem=32G
#SBATCH --time=02:00:00
set -eu
detections=$1 out=$2

# Features that exceed memory go here: a disk of the node, not one that nodes share.
export TMPDIR=${SLURM_TMPDIR:-/tmp}

# One rank on each node, with all processors of the job there. If one is killed, all end.
srun --mpi=pmix --kill-on-bad-exit=1 --cpus-per-task="$SLURM_CPUS_PER_TASK" \
  uhuru cluster "$detections" --out "$out" --overwrite --verbose --checkpoint "$out.checkpoint"
