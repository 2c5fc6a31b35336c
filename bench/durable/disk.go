package main

import (
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// A disk is what the disk itself does, for the rows to be held against.
type disk struct {
	fsync   time.Duration   // median of an append of 128 bytes and an fsync
	appends map[int]float64 // by how many appenders
}

const recordSize = 128

func measureDisk(dir string) (d disk, err error) {
	f, err := os.Create(filepath.Join(dir, "disk"))
	if err != nil {
		return d, err
	}
	defer f.Close()
	var all []time.Duration
	for range 200 {
		began := time.Now()
		if err := appendSynced(f, make([]byte, recordSize)); err != nil {
			return d, err
		}
		all = append(all, time.Since(began))
	}
	slices.Sort(all)
	d.fsync = all[len(all)/2]
	d.appends = map[int]float64{}
	for _, n := range []int{50, 500} {
		if d.appends[n], err = groupCommit(f, n); err != nil {
			return d, err
		}
	}
	return d, nil
}

// appendSynced has data on the disk when it returns.
func appendSynced(f *os.File, data []byte) error {
	if _, err := f.Write(data); err != nil {
		return err
	}
	return f.Sync()
}

// groupCommit has so many appenders append records for two seconds, each its next one
// when the last is on the disk; all that wait at a time share one write and one fsync.
func groupCommit(f *os.File, appenders int) (perSecond float64, err error) {
	queue := make(chan chan error, appenders)
	var wait sync.WaitGroup
	end := time.Now().Add(2 * time.Second)
	for range appenders {
		wait.Go(func() {
			stored := make(chan error, 1)
			for time.Now().Before(end) {
				queue <- stored
				if <-stored != nil {
					return
				}
			}
		})
	}
	go func() {
		wait.Wait()
		close(queue)
	}()
	began, n := time.Now(), 0
	for first := range queue {
		batch := []chan error{first}
		for len(queue) > 0 {
			batch = append(batch, <-queue)
		}
		e := appendSynced(f, make([]byte, recordSize*len(batch)))
		if e != nil {
			err = e
		}
		for _, stored := range batch {
			stored <- e
		}
		n += len(batch)
	}
	return float64(n) / time.Since(began).Seconds(), err
}
