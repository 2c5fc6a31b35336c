package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// startPostgres makes a cluster in a directory and has a server of its own run on it, on
// a free port of this machine. As root it runs as nobody, since Postgres refuses root.
func startPostgres(ctx context.Context, dir string) (string, func() error, error) {
	initdb, err := exec.LookPath("initdb")
	if err != nil {
		return "", nil, unavailable("no initdb on the PATH: Postgres isn't installed")
	}
	if initdb, err = filepath.EvalSymlinks(initdb); err != nil {
		return "", nil, err
	}
	data := filepath.Join(dir, "postgres")
	if err := os.Mkdir(data, 0o700); err != nil {
		return "", nil, err
	}
	as, err := unprivileged(data)
	if err != nil {
		return "", nil, err
	}
	create := exec.CommandContext(ctx, initdb, "-D", data, "-U", "bench", "-A", "trust")
	create.Dir, create.SysProcAttr = data, as
	if out, err := create.CombinedOutput(); err != nil {
		return "", nil, fmt.Errorf("initdb: %w: %s", err, bytes.TrimSpace(out))
	}
	port, err := freePort()
	if err != nil {
		return "", nil, err
	}
	server := exec.Command(filepath.Join(filepath.Dir(initdb), "postgres"), "-D", data,
		"-h", "127.0.0.1", "-p", strconv.Itoa(port), "-k", "", "-c", "fsync=on", "-c", "synchronous_commit=on")
	server.Dir, server.SysProcAttr = data, as
	if err := server.Start(); err != nil {
		return "", nil, err
	}
	stop := func() error {
		return errors.Join(server.Process.Signal(syscall.SIGINT), server.Wait())
	}
	place := fmt.Sprintf("postgres://bench@127.0.0.1:%d/postgres?sslmode=disable", port)
	err = eventually(ctx, func() error {
		c, err := pgx.Connect(ctx, place)
		if err != nil {
			return err
		}
		return c.Close(ctx)
	})
	if err != nil {
		return "", nil, errors.Join(err, stop())
	}
	return place, stop, nil
}

// unprivileged gives a directory to the user as whom a server may run, and what makes it
// run so; nothing where this process isn't root.
func unprivileged(dir string) (*syscall.SysProcAttr, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	nobody, err := user.Lookup("nobody")
	if err != nil {
		return nil, err
	}
	uid, err := strconv.Atoi(nobody.Uid)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.Atoi(nobody.Gid)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(os.Chown(dir, uid, gid), os.Chmod(filepath.Dir(dir), 0o711)); err != nil {
		return nil, err
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, nil
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// eventually calls until there is no error, for a minute.
func eventually(ctx context.Context, do func() error) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		err := do()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(50 * time.Millisecond):
		}
	}
}
